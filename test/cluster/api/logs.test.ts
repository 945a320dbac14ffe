import { expect } from 'chai'

import { job, jobWith, jobsOf, podsOf, podsOfJob, shell } from '../../helpers/api-objects.js'
import type { RequestOptions } from '../../helpers/raw-api.js'
import { eventually, targetCluster } from '../../helpers/target-cluster.js'
import type { TargetCluster } from '../../helpers/target-cluster.js'

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z) (.*)$/

describe('API: logs and what a container is given', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let namespace: string
  let path: string
  before(async () => {
    cluster = await targetCluster()
    namespace = await cluster.freshNamespace()
    // Two pipes have no order between them: what goes into the second waits a moment.
    const script =
      'for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; done; sleep 1; echo to stderr >&2; sleep 1; printf "no newline"'
    path = `${await run('ten', script)}/log`
  })
  after(() => cluster.stop())

  /** Runs a script to its end; the path of its pod. */
  async function run(name: string, script: string, more: Parameters<typeof job>[0] = {}): Promise<string> {
    const { status, text } = await cluster.api.post(jobsOf(namespace), job({ name, command: shell(script), ...more }))
    expect(status, text).to.equal(201)
    await jobWith(cluster.api, `${jobsOf(namespace)}/${name}`, 'Complete')
    const [pod] = await podsOfJob(cluster.api, namespace, name)
    return `${podsOf(namespace)}/${pod!.metadata.name}`
  }
  const log = async (query: RequestOptions['query'] = {}) => {
    const answer = await cluster.api.get(path, { query })
    expect(answer.status, answer.text).to.equal(200)
    expect(answer.headers['content-type']).to.match(/^text\/plain/)
    return answer.text
  }

  it('gives all that was written, in order', async () => {
    const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `line ${n}\n`)
    expect(await log()).to.equal(`${lines.join('')}to stderr\nno newline`)
  })

  it('gives the last lines, and at most so many bytes', async () => {
    expect(await log({ tailLines: 2 })).to.equal('to stderr\nno newline')
    expect(await log({ tailLines: 3 })).to.equal('line 10\nto stderr\nno newline')
    expect(await log({ tailLines: 0 })).to.equal('')
    expect((await log({ tailLines: 500 })).split('\n').length).to.be.greaterThan(11)
    expect(await log({ limitBytes: 10 })).to.equal('line 1\nlin')
  })

  it('gives times in nanoseconds, never decreasing, and goes on from one', async () => {
    const lines = (await log({ timestamps: true })).trimEnd().split('\n')
    const times = lines.map((line) => stamped.exec(line)?.[1])
    expect(times).not.to.include(undefined)
    const first = lines.find((line) => line.endsWith('line 1'))!
    expect(stamped.exec(first)![2]).to.equal('line 1')
    const ordered = lines.filter((line) => /line \d+$/.test(line)).map((line) => stamped.exec(line)![1]!)
    expect(ordered).to.deep.equal([...ordered].sort())
    expect((await log({ timestamps: true, sinceTime: times[0]! })).length).to.be.greaterThan(0)
    expect(await log({ sinceTime: new Date(Date.now() + 3_600_000).toISOString() })).to.equal('')
    expect((await log({ sinceSeconds: 3600 })).startsWith('line 1\n')).to.equal(true)
  })

  it('refuses options that are none', async () => {
    const cases: [RequestOptions['query'], number, RegExp][] = [
      [{ limitBytes: 0 }, 422, /limitBytes: Invalid value: 0: must be greater than 0/],
      [{ tailLines: -1 }, 422, /tailLines: Invalid value: -1: must be greater than or equal to 0/],
      [{ tailLines: 'x' }, 400, /ParseInt: parsing "x": invalid syntax/],
      [{ sinceTime: 'yesterday' }, 400, /parsing time "yesterday"/],
      [{ container: 'other' }, 400, /^container other is not valid for pod /],
      [{ previous: true }, 400, /^previous terminated container "main" in pod ".*" not found$/],
    ]
    for (const [query, status, message] of cases) {
      const answer = await cluster.api.get(path, { query })
      expect([JSON.stringify(query), answer.status]).to.deep.equal([JSON.stringify(query), status])
      expect(answer.json.message).to.match(message)
    }
    const missing = await cluster.api.get(`${podsOf(namespace)}/nothing/log`)
    expect([missing.status, missing.json.message]).to.deep.equal([404, 'pods "nothing" not found'])
  })

  it('follows a log until the container has ended', async () => {
    await cluster.api.post(
      jobsOf(namespace),
      job({ name: 'slow', command: shell('for i in 1 2 3; do echo tick $i; sleep 1; done') }),
    )
    const pod = await eventually('running', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'slow')
      return found?.status.phase === 'Running' && found
    })
    const lines: string[] = []
    for await (const line of cluster.api.lines(`${podsOf(namespace)}/${pod.metadata.name}/log`, { follow: true }))
      lines.push(line)
    expect(lines).to.deep.equal(['tick 1', 'tick 2', 'tick 3'])
  })

  it('keeps the log of the run before a restart', async () => {
    const given = job({
      name: 'again',
      command: shell('echo run of $HOSTNAME; exit 1'),
      spec: { backoffLimit: 6 },
      pod: { restartPolicy: 'OnFailure' },
    })
    await cluster.api.post(jobsOf(namespace), given)
    const pod = await eventually('a restart', async () => {
      const [found] = await podsOfJob(cluster.api, namespace, 'again')
      return found?.status.containerStatuses?.[0]?.restartCount > 0 && found
    })
    const answer = await eventually('the log before', async () => {
      const found = await cluster.api.get(`${podsOf(namespace)}/${pod.metadata.name}/log`, {
        query: { previous: true },
      })
      // A kubelet that has just removed that container says so in the log's place.
      return found.status === 200 && found.text.startsWith('run of') && found
    })
    expect(answer.text).to.equal(`run of ${pod.metadata.name}\n`)
    await cluster.api.delete(`${jobsOf(namespace)}/again`, { query: { propagationPolicy: 'Background' } })
  })

  it('asks which container where there are several', async () => {
    const given = job({ name: 'two', command: shell('echo one') })
    given.spec.template.spec.containers.push({ name: 'other', image: 'busybox:1.35', command: shell('echo two') })
    await cluster.api.post(jobsOf(namespace), given)
    await jobWith(cluster.api, `${jobsOf(namespace)}/two`, 'Complete')
    const [pod] = await podsOfJob(cluster.api, namespace, 'two')
    const own = `${podsOf(namespace)}/${pod!.metadata.name}/log`
    const { status, json } = await cluster.api.get(own)
    expect([status, json.message]).to.deep.equal([
      400,
      `a container name must be specified for pod ${pod!.metadata.name}, choose one of: [main other]`,
    ])
    expect((await cluster.api.get(own, { query: { container: 'other' } })).text).to.equal('two\n')
  })

  it('says nothing of a pod that has no node yet', async () => {
    await cluster.api.post(
      jobsOf(namespace),
      job({ name: 'huge', container: { resources: { requests: { cpu: '1000' } } } }),
    )
    const [pod] = await eventually('a pod', async () => {
      const pods = await podsOfJob(cluster.api, namespace, 'huge')
      return pods.length > 0 && pods
    })
    const { status, text } = await cluster.api.get(`${podsOf(namespace)}/${pod!.metadata.name}/log`)
    expect([status, text]).to.deep.equal([204, ''])
  })

  it('gives arguments as they are, with $(NAME) filled in', async () => {
    const container = {
      command: ['sh', '-c', 'for a in "$@"; do echo "[$a]"; done', 'sh'],
      args: ['$(A)', '$$(A)', '$(NONE)', 'a  b', '"quoted"', '* ; $HOME', ''],
      env: [{ name: 'A', value: 'value of a' }],
    }
    const own = await run('args', '', { container })
    const { text } = await cluster.api.get(`${own}/log`)
    expect(text).to.equal('[value of a]\n[$(A)]\n[$(NONE)]\n[a  b]\n["quoted"]\n[* ; $HOME]\n[]\n')
  })

  it('gives the environment: values, fields, Secrets, ConfigMaps', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { key: Buffer.from('from a secret').toString('base64') },
    }
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { key: 'from a map' } }
    await cluster.api.post(`/api/v1/namespaces/${namespace}/secrets`, secret)
    await cluster.api.post(`/api/v1/namespaces/${namespace}/configmaps`, map)
    const env = [
      { name: 'PLAIN', value: 'x' },
      { name: 'BOTH', value: '$(PLAIN) and $(PLAIN)' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'key' } } },
      { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'm', key: 'key' } } },
      { name: 'OPTIONAL', valueFrom: { secretKeyRef: { name: 'none', key: 'key', optional: true } } },
    ]
    const script = 'echo "$PLAIN|$BOTH|$POD|$NS|$APP|$SECRET|$MAP|${OPTIONAL-unset}"'
    const own = await run('env', script, { labels: { app: 'an-app' }, container: { env } })
    const { text } = await cluster.api.get(`${own}/log`)
    const pod = own.split('/').at(-1)
    expect(text).to.equal(`x|x and x|${pod}|${namespace}|an-app|from a secret|from a map|unset\n`)
  })

  it('gives nothing of the server’s own environment', async () => {
    process.env.ARBK8S_TEST_LEAK = 'leaked'
    const own = await run('clean', 'echo "[$ARBK8S_TEST_LEAK]"')
    delete process.env.ARBK8S_TEST_LEAK
    expect((await cluster.api.get(`${own}/log`)).text).to.equal('[]\n')
  })
})
