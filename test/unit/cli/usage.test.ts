import { expect } from 'chai'

import { nearest } from '../../../src/base/text.js'
import { secretArguments } from '../../../src/cli/masker.js'
import { nameVariable, usageProblem, withoutFrame, type OclifError } from '../../../src/cli/usage-error.js'
import { ArbError } from '../../../src/base/errors.js'

describe('usage errors', () => {
  it('lose what oclif puts around them', () => {
    expect(withoutFrame('Parsing --limit \n\tExpected an integer but received: x\nSee more help with --help')).to.equal(
      '--limit: expected an integer but received: x',
    )
    expect(withoutFrame('Parsing --since \n\t--since: no\nSee more help with --help')).to.equal('--since: no')
    expect(withoutFrame('The following error occurred:\n  --a needs --b')).to.equal('--a needs --b')
    expect(withoutFrame('as it is')).to.equal('as it is')
  })

  it('name the flag that was probably meant, never a hidden one', () => {
    const flags = { check: {}, secretly: { hidden: true }, selector: { aliases: ['label-selector'] } }
    const meant = (flag: string): string[] => {
      const error = Object.assign(new Error(`Nonexistent flag: ${flag}`), {
        flags: [flag],
        parse: { input: { flags } },
      })
      return usageProblem(error as OclifError).hints.filter((hint) => hint.startsWith('Did'))
    }
    expect(meant('--chekc')).to.deep.equal(['Did you mean --check?'])
    expect(meant('--label-selectr')).to.deep.equal(['Did you mean --label-selector?'])
    expect(meant('--secretyl')).to.deep.equal([])
    expect(meant('-x')).to.deep.equal([])
  })

  it('name the variable that a value comes from, only where no flag was given', () => {
    const flags = { timeout: { char: 't', env: 'ARBK8S_TEST_TIMEOUT' } }
    const hints = (argv: string[]): string[] => {
      const error = new ArbError({ code: 'ARB_USAGE', message: 'Parsing --timeout \n\tno' })
      nameVariable(error, argv, flags)
      return error.hints
    }
    expect(hints([])).to.deep.equal([])
    process.env.ARBK8S_TEST_TIMEOUT = 'x'
    try {
      expect(hints(['--other'])).to.deep.equal(['The value comes from the variable ARBK8S_TEST_TIMEOUT.'])
      for (const argv of [['--timeout', 'x'], ['--timeout=x'], ['-t', 'x'], ['-tx']])
        expect(hints(argv)).to.deep.equal([])
    } finally {
      delete process.env.ARBK8S_TEST_TIMEOUT
    }
  })

  it('a swap of neighbours is one edit', () => {
    expect(nearest('jbos', ['jobs', 'logs'])).to.equal('jobs')
    expect(nearest('gne', ['gen', 'get'])).to.equal('gen')
    expect(nearest('xyz', ['gen', 'get'])).to.equal(undefined)
  })

  it('secrets of a command line are known by their flags', () => {
    const argv = [
      '--webhook-url',
      'https://a/b',
      '--webhook-url=https://c/d',
      '--api-token=t0ken',
      '-n',
      'tuning',
      '--token',
    ]
    expect(secretArguments(argv)).to.deep.equal(['https://a/b', 'https://c/d', 't0ken'])
  })
})
