// Which permission each operation asks of an App.
// https://docs.github.com/rest/authentication/permissions-required-for-github-apps
import type { Needed } from './access.ts'

type Rule = 'app' | 'anyone' | 'person' | 'installation' | Needed[]

/** What an operation needs; any one of the alternatives is enough. */
export function permissionsFor(operationId: string, aboutPull: boolean): Rule {
  const rule = rules[operationId]
  if (!rule) throw new Error(`the simulator has no permission for ${operationId}`)
  if (rule === 'app' || rule === 'anyone' || rule === 'person' || rule === 'installation') return rule
  const needed = rule.split(' or ').map(alternative => {
    const [permission, level] = alternative.split(':')
    return { permission, level } as Needed
  })
  // an issue that is no pull is out of reach of the permission for pulls
  return aboutPull
    ? needed
    : needed.filter(({ permission }, _, all) => permission !== 'pull_requests' || all.length === 1)
}

const rules: Record<string, string> = {}

function all(rule: string, ...operationIds: string[]) {
  for (const list of operationIds) for (const id of list.trim().split(/\s+/)) rules[id] = rule
}

all(
  'app',
  `apps/get-authenticated apps/create-installation-access-token apps/list-installations apps/get-installation
  apps/get-repo-installation apps/get-org-installation apps/get-user-installation apps/list-webhook-deliveries
  apps/get-webhook-delivery apps/redeliver-webhook-delivery apps/get-webhook-config-for-app apps/update-webhook-config-for-app`,
)
all(
  'anyone',
  `apps/create-from-manifest apps/get-by-slug meta/get orgs/get rate-limit/get users/get-by-username
  repos/list-for-org repos/list-for-user search/issues-and-pull-requests`,
)
all(
  'person',
  `users/get-authenticated apps/list-installations-for-authenticated-user
  apps/list-installation-repos-for-authenticated-user`,
)
all('installation', 'apps/list-repos-accessible-to-installation apps/revoke-installation-access-token')
all(
  'metadata:read',
  `repos/get repos/get-collaborator-permission-level repos/list-collaborators repos/list-languages
  repos/get-branch-rules`,
)
all(
  'contents:read',
  `repos/get-content repos/get-branch repos/list-branches repos/get-commit repos/list-commits
  repos/compare-commits git/get-blob git/get-commit git/get-ref git/get-tree git/list-matching-refs`,
)
all(
  'contents:write',
  `repos/create-or-update-file-contents git/create-blob git/create-commit git/create-ref
  git/create-tree git/delete-ref git/update-ref pulls/merge`,
)
all(
  'checks:read',
  `checks/get checks/list-annotations checks/list-for-ref checks/list-for-suite checks/list-suites-for-ref
  checks/get-suite`,
)
all('checks:write', 'checks/create checks/update checks/create-suite checks/rerequest-run')
all('security_events:write', 'code-scanning/upload-sarif')
all('members:read', 'orgs/list-members teams/get-by-name')
all('pull_requests:read or contents:read', 'repos/list-pull-requests-associated-with-commit')
all(
  'pull_requests:read',
  `pulls/get pulls/list pulls/list-files pulls/list-commits pulls/list-reviews pulls/get-review
  pulls/list-comments-for-review pulls/list-review-comments pulls/list-review-comments-for-repo pulls/get-review-comment
  reactions/list-for-pull-request-review-comment`,
)
all(
  'pull_requests:write',
  `pulls/create pulls/update pulls/create-review pulls/update-review pulls/submit-review
  pulls/delete-pending-review pulls/dismiss-review pulls/create-review-comment pulls/create-reply-for-review-comment
  pulls/update-review-comment pulls/delete-review-comment reactions/create-for-pull-request-review-comment
  reactions/delete-for-pull-request-comment`,
)
all(
  'issues:read or pull_requests:read',
  `issues/get issues/list-comments issues/get-comment issues/list-labels-on-issue
  issues/list-labels-for-repo issues/get-label issues/list-for-repo reactions/list-for-issue reactions/list-for-issue-comment`,
)
all(
  'issues:write or pull_requests:write',
  `issues/create-comment issues/update-comment issues/delete-comment
  issues/add-labels issues/set-labels issues/remove-label issues/create-label issues/update reactions/create-for-issue
  reactions/create-for-issue-comment reactions/delete-for-issue reactions/delete-for-issue-comment`,
)
all('issues:write', 'issues/create')
all('vulnerability_alerts:read', 'dependabot/list-alerts-for-repo')
all('security_events:read', 'code-scanning/list-alerts-for-repo')
all('secret_scanning_alerts:read', 'secret-scanning/list-alerts-for-repo')
all(
  'actions:read',
  `actions/list-workflow-runs-for-repo actions/get-workflow-run actions/list-jobs-for-workflow-run
  actions/download-job-logs-for-workflow-run`,
)
all('deployments:read', 'repos/list-deployments repos/get-deployment repos/list-deployment-statuses')
