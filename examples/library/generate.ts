/** Makes a session's Jobs, first from a plain object, then from a config file with the manifests written to a folder. */
import { generateFiles, generateJobs, jobYaml, sessionOf } from 'arbk8s'

const [config = 'k8s.yaml', folder = 'jobs'] = process.argv.slice(2)

const { session } = sessionOf({
  k8s: {
    file: 'my session',
    value: {
      session_id: 'd30-spread',
      k8s_namespace: 'tuning',
      image: 'registry.example.com/tuning:1.4',
      mode: 'paper',
      env: 'docker',
      total_iterations: 10,
      workers: 3,
      optimizer: 'random',
      config_path: 'configs/spread.yaml',
      resources: { requests: { cpu: '500m', memory: '512Mi' } },
    },
  },
})
const { jobs, shares, totals } = generateJobs(session, { createdAt: new Date().toISOString() })
console.log(`${totals.jobs} Jobs, ${totals.requests.cpu} CPU: ${shares.map((share) => share.iterations).join(' + ')}`)
console.log(jobYaml(jobs[0]!.job).split('\n').slice(0, 4).join('\n'))

const written = await generateFiles({ k8sConfig: config, outputDir: folder, now: () => new Date() })
for (const { file, action } of written.plan.files) console.log(`${action} ${file}`)
for (const warning of written.warnings) console.log(`warning: ${warning}`)
