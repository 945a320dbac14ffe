/** Errors of requests to which no answer came, or none that an API server gives. */
import { ArbError, messageOf } from '../base/errors.js'
import { cleanLine, shorten } from '../base/text.js'
import { clusterError, describe, type Subject } from './cluster-error.js'

const networkReasons: Record<string, [string, string]> = {
  ECONNREFUSED: [
    'nothing listens there (connection refused)',
    'Is the API server running? Check the address and port in the kubeconfig.',
  ],
  ENOTFOUND: ['its name cannot be resolved', 'Check the host name in the kubeconfig, and DNS or VPN.'],
  EAI_AGAIN: ['its name cannot be resolved just now', 'Check DNS or VPN, then try again.'],
  ETIMEDOUT: ['it did not answer in time', 'Check the network path: VPN, firewall, proxy.'],
  EHOSTUNREACH: ['there is no route to it', 'Check the network path: VPN, firewall, proxy.'],
  ENETUNREACH: ['there is no route to it', 'Check the network path: VPN, firewall, proxy.'],
  ECONNRESET: [
    'the connection was cut',
    'Try again; if it stays so, something between here and there closes connections.',
  ],
  EPIPE: ['the connection was cut', 'Try again; if it stays so, something between here and there closes connections.'],
  ARB_PROXY: [
    'the proxy did not let the connection through',
    'Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY.',
  ],
}

const tlsReasons: [RegExp, string, string][] = [
  [/CERT_HAS_EXPIRED/, 'its certificate has expired', 'The cluster’s certificates must be renewed.'],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'its certificate is for another host name',
    'Correct the server address, or set tls-server-name in the kubeconfig.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|CERT_SIGNATURE/,
    'its certificate is not signed by the authority in the kubeconfig',
    'Check certificate-authority in the kubeconfig: it must be that of this cluster.',
  ],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/,
    'it does not speak TLS',
    'Correct the scheme or the port of the server address in the kubeconfig.',
  ],
  [
    /ERR_SSL|EPROTO|ALERT/,
    'the TLS handshake failed',
    'Check the client certificate and the server address in the kubeconfig.',
  ],
]

/** The error for a request to which no answer came. */
export function unreachable(server: URL, error: unknown, sent = false): ArbError {
  const code = (error as { code?: string }).code ?? ''
  // OpenSSL's words come as a code or within a sentence.
  const words = `${code} ${messageOf(error)}`.toUpperCase().replaceAll(' ', '_')
  const tls = tlsReasons.find(([pattern]) => pattern.test(words))
  const [reason, hint] = tls
    ? [tls[1], tls[2]]
    : (networkReasons[code] ?? [
        shorten(cleanLine(messageOf(error)), 200),
        'Check the server address in the kubeconfig.',
      ])
  const cause = code === 'ARB_PROXY' ? `: ${cleanLine(messageOf(error))}` : ''
  return clusterError(
    'ARB_CLUSTER_UNREACHABLE',
    `the API server at ${server.host} cannot be reached: ${reason}${cause}`,
    {
      server,
      hints: [hint],
      details: { retryable: !tls, ambiguous: sent && !tls, network: code },
      cause: error,
    },
  )
}

/** The error for a deadline that passed. */
export function timedOut(server: URL, subject: Subject, ms: number): ArbError {
  return clusterError(
    'ARB_CLUSTER_UNREACHABLE',
    `the API server at ${server.host} did not answer within ${Math.round(ms / 100) / 10}s (${describe(subject)})`,
    {
      server,
      hints: ['Check the network path and the cluster’s load, or give more time with --request-timeout.'],
      details: { retryable: false, ambiguous: true, network: 'timeout' },
    },
  )
}

/** The error for a deadline that passed before there was a credential to send anything with. */
export function credentialLate(source: string, ms: number): ArbError {
  return new ArbError({
    code: 'ARB_CREDENTIALS',
    message: `${source} gave no credential within ${Math.round(ms / 100) / 10}s`,
    hints: [
      'It may wait for a login: run kubectl with the same context once, or give more time with --request-timeout.',
    ],
  })
}

/** The error for an answer that no API server gives. */
export function oddAnswer(server: URL, problem: string, status?: number): ArbError {
  return clusterError(
    'ARB_CLUSTER_ANSWER',
    `${server.host} gave an answer that is not from a Kubernetes API server: ${problem}`,
    {
      server,
      hints: ['Is the address in the kubeconfig that of the API server? A login page or a proxy may be in between.'],
      details: { ambiguous: true, ...(status === undefined ? {} : { status }) },
    },
  )
}
