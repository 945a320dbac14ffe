import { expect } from 'chai'

import { type AppendHandle, writeWhole } from '../../../plugins/plugin-jsonl/src/append.js'

/** A file in memory; `onWrite` says how many of the bytes go through and may act as another writer first. */
function fakeFile(start: string, onWrite: (bytes: Buffer, attempt: number, file: Fake) => number) {
  const file: Fake = { content: Buffer.from(start), synced: '' }
  let attempts = 0
  const handle = {
    stat: () => Promise.resolve({ size: file.content.length }),
    read: (target: Buffer, offset: number, length: number, position: number) => {
      const bytesRead = file.content.copy(target, offset, position, position + length)
      return Promise.resolve({ bytesRead, buffer: target })
    },
    write: (bytes: Buffer) => {
      const bytesWritten = onWrite(bytes, attempts++, file)
      file.content = Buffer.concat([file.content, bytes.subarray(0, bytesWritten)])
      return Promise.resolve({ bytesWritten, buffer: bytes })
    },
    sync: () => {
      file.synced = file.content.toString()
      return Promise.resolve()
    },
  }
  return { file, handle: handle as unknown as AppendHandle }
}

interface Fake {
  content: Buffer
  synced: string
}

const record = Buffer.from('{"n":1}\n')

describe('jsonl: one write a record', () => {
  it('is synced before it is acknowledged', async () => {
    const { file, handle } = fakeFile('{"n":0}\n', (bytes) => bytes.length)
    await writeWhole(handle, () => Promise.resolve(record))
    expect(file.synced).to.equal('{"n":0}\n{"n":1}\n')
  })

  it('is written again, whole and on its own line, after a short write', async () => {
    const { file, handle } = fakeFile('{"n":0}\n', (bytes, attempt) => (attempt === 0 ? 3 : bytes.length))
    await writeWhole(handle, () => Promise.resolve(record))
    expect(file.synced).to.equal('{"n":0}\n{"n\n{"n":1}\n')
  })

  it('is written again when another writer was cut off just before it', async () => {
    const { file, handle } = fakeFile('{"n":0}\n', (bytes, attempt, { content }) => {
      if (attempt === 0) file.content = Buffer.concat([content, Buffer.from('{"torn')])
      return bytes.length
    })
    await writeWhole(handle, () => Promise.resolve(record))
    expect(file.synced).to.equal('{"n":0}\n{"torn{"n":1}\n\n{"n":1}\n')
  })

  it('stands where others wrote before and after it', async () => {
    const { file, handle } = fakeFile('', (bytes, _attempt, { content }) => {
      file.content = Buffer.concat([content, Buffer.from('{"n":8}\n')])
      return bytes.length
    })
    await writeWhole(handle, () => Promise.resolve(record))
    expect(file.synced).to.equal('{"n":8}\n{"n":1}\n')
  })

  it('is not acknowledged when every write is cut off', async () => {
    const { file, handle } = fakeFile('{"n":0}\n', () => 2)
    const error = await writeWhole(handle, () => Promise.resolve(record)).catch((thrown: Error) => thrown)
    expect(error).to.be.instanceOf(Error).with.property('message').that.includes('is the disk full?')
    expect(file.synced).to.equal('')
  })
})
