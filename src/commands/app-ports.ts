// What `watchbill doctor` and `onboard` need to ask GitHub where no server answers for them: beside PostgreSQL every command is a process of its own.
import { readBuiltIns } from '../builtins.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { connectGitHub } from '../github/index.ts'
import type { Settings } from '../settings.ts'
import { useProxy } from './proxy.ts'

export async function appPorts(
  settings: Settings,
): Promise<{ settings: Settings; host?: Host; builtIn?: RepositoryFile[] }> {
  useProxy(settings.proxy)
  const { app, github } = settings
  if (!app) return { settings }
  const { apiUrl, webUrl } = github
  const host = await connectGitHub({ ...app, apiUrl, webUrl, readCommand: () => undefined })
  return { settings, host, builtIn: readBuiltIns() }
}
