// Hands a token to one git child through its environment, and to the one server it is for; never on a command line or on disk.
import { Problem } from '../domain/problem.ts'

export interface Credential {
  config: string[]
  env: Record<string, string>
  /** The text with the token taken out: a server can echo what it was sent. */
  scrub(text: string): string
}

const variable = 'WATCHBILL_GIT_TOKEN'

// git runs this with `sh -c`; printf is built into the shell, so the token is on no command line. It answers `get` and ignores `store` and `erase`.
const helper = `!f() { test "$1" = get && printf 'username=x-access-token\\npassword=%s\\n' "$${variable}"; }; f`

export function credentialFor(cloneUrl: URL, token: string): Credential {
  return {
    // The empty entry forgets every helper configured before. Named by origin: a redirect to another host gets no token.
    config: ['credential.helper=', `credential.${cloneUrl.origin}.helper=${helper}`],
    // Only the scheme of the address itself: https is never left for http.
    env: { [variable]: token, GIT_ALLOW_PROTOCOL: cloneUrl.protocol.slice(0, -1) },
    scrub: text => (token ? text.replaceAll(token, '[token]') : text),
  }
}

/** The address to clone from, with nothing in it but an address. */
export function addressOf(cloneUrl: string): URL {
  const url = URL.parse(cloneUrl)
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Problem('bad_input', 'The clone address is neither http nor https, so nothing was fetched.')
  if (url.username || url.password || url.search || url.hash)
    throw new Problem('bad_input', 'The clone address holds a credential or a query, so nothing was fetched.')
  return url
}
