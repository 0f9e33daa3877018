// The proxy of the environment, for every request of this process: GitHub's and the model's; git is given the same variables with each fetch.
import { setGlobalProxyFromEnv } from 'node:http'
import type { Settings } from '../settings.ts'

/** Node's fetch takes no notice of proxy variables by itself: https://nodejs.org/api/http.html#built-in-proxy-support */
export function useProxy(proxy: Settings['proxy']): void {
  if (Object.keys(proxy).some(name => /^https?_proxy$/i.test(name))) setGlobalProxyFromEnv(proxy)
}
