// The proxy of the environment, for every request of this process: GitHub's and the model's; git is given the same variables with each fetch.
import { setGlobalProxyFromEnv } from 'node:http'
import type { Settings } from '../settings.ts'

/** This machine itself: commands ask the server that holds the embedded database there. */
const here = ['localhost', '127.0.0.1', '::1']

/** Node's fetch takes no notice of proxy variables by itself: https://nodejs.org/api/http.html#built-in-proxy-support */
export function useProxy(proxy: Settings['proxy']): void {
  if (!Object.keys(proxy).some(name => /^https?_proxy$/i.test(name))) return
  const named = proxy.no_proxy ?? proxy.NO_PROXY ?? ''
  const direct = named.trim() === '*' ? '*' : [named, ...here].filter(Boolean).join(',')
  setGlobalProxyFromEnv({ ...proxy, no_proxy: direct, NO_PROXY: direct })
}
