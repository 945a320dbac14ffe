import type { Alert, HistoryRecord, HistoryStore, Notifier } from '../../../plugins/plugin-kit/src/index.js'

/** A store in memory; as a ledger it also takes ledger entries. */
export function memoryStore(records: object[] = []): HistoryStore & { entries: object[] } {
  const entries = [...records]
  return {
    apiVersion: 1,
    entries,
    append: async (record) => void entries.push(structuredClone(record)),
    async *read({ newestFirst } = {}) {
      const ordered = newestFirst ? entries.toReversed() : entries.slice()
      for (const record of ordered) yield { record: record as HistoryRecord }
    },
  }
}

/** A notifier that keeps what it was given; `answer` decides what comes of each. */
export function fakeNotifier(answer: () => Promise<unknown> = async () => ({ delivered: true })) {
  const sent: Alert[] = []
  const notifier: Notifier = {
    apiVersion: 1,
    preview: async ({ title }) => ({ destination: 'fake', contentType: 'text/plain', body: title }),
    send: (alert) => {
      sent.push(alert)
      return answer() as ReturnType<Notifier['send']>
    },
  }
  return { sent, notifier }
}
