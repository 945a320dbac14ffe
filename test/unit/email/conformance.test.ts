import hook from '../../../plugins/plugin-email/src/notifier.js'
import { testNotifier } from '../../../plugins/plugin-kit/src/testing/index.js'
import { makeAuthority } from '../../helpers/certificates.js'
import { emailSettings } from '../../helpers/email.js'
import { login, type MailServer, startMailServer } from '../../helpers/smtp.js'

describe('the email channel', () => {
  const authority = makeAuthority()
  let server: MailServer
  before(async () => {
    server = await startMailServer({ certificate: authority.leaf() })
  })
  after(() => server.close())

  testNotifier(
    { describe, it },
    {
      name: 'email',
      open: (host) =>
        hook({
          host: {
            ...host,
            settings: emailSettings({ port: server.port, ca: authority.cert }),
            lookup: async () => [{ address: '127.0.0.1', family: 4 }],
          },
        }),
      secrets: [login.password, Buffer.from(login.password).toString('base64')],
    },
  )
})
