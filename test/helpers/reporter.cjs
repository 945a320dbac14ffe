/** mocha's dot reporter that also writes its counts to a file, for the one closing line of `npm test`. */
const fs = require('node:fs')
const Mocha = require('mocha')

module.exports = class CountingReporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    const skipped = []
    runner.on('pending', (test) => skipped.push(test.fullTitle()))
    runner.once('end', () => {
      for (const title of skipped) console.log(`  skipped: ${title}`)
      const { passes, failures, pending } = runner.stats
      const output = options.reporterOptions?.output ?? options.reporterOption?.output
      if (output) fs.writeFileSync(output, JSON.stringify({ passes, failures, pending }))
    })
  }
}
