// Whether a delivery's raw body was signed with one of our secrets, as Probot's webhooks check it.
import type { Probot } from 'probot'

/** The secrets are tried in order, the current one first. Never throws: what is missing or odd is not signed by us. */
export async function verifySignature(probots: Probot[], raw: string, signature: string | undefined): Promise<boolean> {
  if (!signature || !raw) return false
  for (const probot of probots) {
    await probot.ready()
    try {
      if (await probot.webhooks.verify(raw, signature)) return true
    } catch {
      // An odd signature throws there; it is as good as a wrong one.
    }
  }
  return false
}
