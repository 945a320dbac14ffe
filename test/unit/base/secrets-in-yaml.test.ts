import { expect } from 'chai'

import { secretsInYaml } from '../../../src/base/secrets-in-yaml.js'

describe('secrets in YAML text', () => {
  const texts: [text: string, secrets: string[]][] = [
    ['API_TOKEN: abcdefgh1\n', ['abcdefgh1']],
    ['- {name: API_TOKEN, value: abcdefgh1', ['abcdefgh1']],
    ['- name: API_TOKEN\n  value: *abcdefgh1\n', ['abcdefgh1']],
    ['- name: "API_TOKEN"\n  value: "ab\\"cdefgh"\n', ['ab\\"cdefgh', 'ab"cdefgh']],
    ["password: 'it''s secret'", ["it''s secret", "it's secret"]],
    ['password: |abcdefgh1\n', ['abcdefgh1']],
    ['env: [{name: DB_PASSWORD, value: {a: "abcdefgh1"}}]', ['abcdefgh1', 'abcdefgh1']],
    ['- name: APP_ENV\n  value: production-key\n', []],
    ['password: short\n', []],
    ['secret_env:\n  TOKEN: {name: some-secret-name, key: token}\n', []],
    ['nothing: here-to-see\n', []],
  ]
  for (const [text, secrets] of texts)
    it(`are ${secrets.length} in ${JSON.stringify(text)}`, () => expect(secretsInYaml(text)).to.deep.equal(secrets))
})
