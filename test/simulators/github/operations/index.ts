// Every REST operation the simulated GitHub answers, by GitHub's own operation id.
import type { Handlers } from '../call.ts'
import { actions } from './actions.ts'
import { alerts } from './alerts.ts'
import { apps } from './apps.ts'
import { checks } from './checks.ts'
import { commits } from './commits.ts'
import { contents } from './contents.ts'
import { deployments } from './deployments.ts'
import { gitData } from './git-data.ts'
import { hooks } from './hooks.ts'
import { issues } from './issues.ts'
import { people } from './people.ts'
import { pulls } from './pulls.ts'
import { reactions } from './reactions.ts'
import { repositories } from './repositories.ts'
import { reviewComments } from './review-comments.ts'
import { reviews } from './reviews.ts'

export const handlers: Handlers = {
  ...actions,
  ...alerts,
  ...apps,
  ...checks,
  ...commits,
  ...contents,
  ...deployments,
  ...gitData,
  ...hooks,
  ...issues,
  ...people,
  ...pulls,
  ...reactions,
  ...repositories,
  ...reviewComments,
  ...reviews,
}
