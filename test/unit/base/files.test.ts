import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import {
  makeFolder,
  readTextFile,
  requireWritable,
  writeFileAtomic,
  writeFilesAtomic,
} from '../../../src/base/files.js'

describe('files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'arbk8s-files-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function failure(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => expect.fail('it worked'),
      (error: Error) => error.message,
    )
  }

  it('replaces a symbolic link and leaves what it points at alone', async () => {
    const victim = path.join(folder, 'victim')
    const file = path.join(folder, 'out.yaml')
    writeFileSync(victim, 'precious')
    symlinkSync(victim, file)
    await writeFileAtomic(file, 'new')
    expect(readFileSync(victim, 'utf8')).to.equal('precious')
    expect(lstatSync(file).isSymbolicLink()).to.equal(false)
    expect(readFileSync(file, 'utf8')).to.equal('new')
  })

  it('leaves nothing behind where it cannot write', async () => {
    const file = path.join(folder, 'taken')
    mkdirSync(file)
    expect(await failure(writeFileAtomic(file, 'x')))
      .to.contain('taken')
      .and.to.contain('it is a folder')
    expect(readdirSync(folder)).to.deep.equal(['taken'])
    writeFileSync(path.join(folder, 'plain'), '')
    expect(await failure(writeFileAtomic(path.join(folder, 'plain', 'x'), 'x'))).to.contain('cannot be written')
  })

  it('reads UTF-8 only, regular files only, and not without end', async () => {
    const file = path.join(folder, 'a')
    writeFileSync(file, Buffer.from([0xef, 0xbb, 0xbf, 0x61]))
    expect(await readTextFile(file)).to.equal('a')
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x61]))
    expect(await failure(readTextFile(file))).to.contain('not UTF-8')
    writeFileSync(file, 'x'.repeat(100))
    expect(await failure(readTextFile(file, 10))).to.contain('100 bytes')
    expect(await failure(readTextFile(folder))).to.contain('folder')
    expect(await failure(readTextFile('/dev/zero'))).to.contain('not a regular file')
  })

  it('writes several files all or none', async () => {
    const [a, b] = ['a.yaml', 'b.yaml'].map((name) => path.join(folder, 'new', name)) as [string, string]
    mkdirSync(path.join(folder, 'new'))
    mkdirSync(b)
    expect(
      await failure(
        writeFilesAtomic([
          { file: a, text: 'a' },
          { file: b, text: 'b' },
        ]),
      ),
    ).to.include('it is a folder')
    expect(readdirSync(path.join(folder, 'new'))).to.deep.equal(['b.yaml'])
    const aborted = AbortSignal.abort(new Error('stopped'))
    expect(await failure(writeFilesAtomic([{ file: a, text: 'a' }], { signal: aborted }))).to.equal('stopped')
    rmSync(b, { recursive: true })
    await writeFilesAtomic([
      { file: a, text: 'a' },
      { file: b, text: 'b' },
    ])
    expect(readdirSync(path.join(folder, 'new'))).to.deep.equal(['a.yaml', 'b.yaml'])
  })

  it('refuses to replace a device and to make folders where none can be, and never hangs', async () => {
    for (const file of ['/dev/null', '/dev/stdout'])
      expect(await failure(requireWritable(file))).to.include('no regular file')
    expect(await failure(makeFolder('/proc/arbk8s/deep'))).to.include('no folder can be made in /proc')
    writeFileSync(path.join(folder, 'file'), '')
    expect(await failure(requireWritable(path.join(folder, 'file', 'x')))).to.include('is a file, not a folder')
    await makeFolder(path.join(folder, 'x', 'y', 'z'))
    await makeFolder(path.join(folder, 'x', 'y', 'z'))
  })
})
