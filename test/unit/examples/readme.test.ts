import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { folder, tempFolder } from './helpers.js'

/** The commands of a page with the output it shows for each. */
function commandsOf(page: string): { command: string; shown: string }[] {
  return [...page.matchAll(/```console\n\$ (.*)\n([^`]*)```/g)].map(([, command = '', shown = '']) => ({
    command,
    shown,
  }))
}

const withoutTimes = (text: string) => text.replaceAll(/\| \d+ ms/g, '| … ms')

describe('example pages', () => {
  const temp = tempFolder()

  // The folder's entries are links, as in the sandbox, and what is written stays in the temporary folder.
  const pages = [
    { name: 'README.md', links: readdirSync(folder).map((name) => ({ from: join(folder, name), to: name })), count: 7 },
    { name: '../README.md', links: [{ from: folder, to: 'examples/spread-search' }], count: 2 },
  ]
  for (const { name, links, count } of pages) {
    it(`${name} shows what its commands print`, () => {
      for (const { from, to } of links.filter((link) => link.to !== 'outputs')) {
        mkdirSync(join(temp(), to, '..'), { recursive: true })
        symlinkSync(from, join(temp(), to))
      }
      const commands = commandsOf(readFileSync(join(folder, name), 'utf8'))
      expect(commands).to.have.lengthOf(count)
      for (const { command, shown } of commands) {
        const env = { PATH: process.env.PATH }
        const done = spawnSync('sh', ['-c', `{ ${command.replace(/^node /, `"${process.execPath}" `)}\n} 2>&1`], {
          cwd: temp(),
          env,
          encoding: 'utf8',
        })
        expect(withoutTimes(done.stdout), command).to.equal(withoutTimes(shown))
      }
    })
  }
})
