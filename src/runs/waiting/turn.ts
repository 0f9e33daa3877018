// Whether a queued run may start: not during a pause, not beside another one of its pull or subject, and not before its repository is there.

import type { ReviewPorts } from '../ports.ts'
import { waitForFetch } from './first-fetch.ts'
import { waitForResume } from './pause.ts'
import { waitForOther } from './wait.ts'

/** True when it was put off, and comes back by itself. */
export async function hasToWait(ports: ReviewPorts, runId: string): Promise<boolean> {
  return (await waitForResume(ports, runId)) || (await waitForOther(ports, runId)) || (await waitForFetch(ports, runId))
}
