// By hand, from https://docs.github.com/en/webhooks/webhook-events-and-payloads: which triggers answer which of the published examples.

export interface Row {
  event: string
  /** As the documentation lists them; "" for events without one. */
  actions: string
  /** Only the examples in which the payload has this value at this path, which the documentation gives a meaning of its own. */
  when?: [path: string, value: unknown]
  /** Triggers that answer when they are set to everything there is. */
  whole: string
  /** Triggers that answer when nothing but their name is given. */
  bare: string
}

export const rows: Row[] = [
  {
    event: 'pull_request',
    actions: 'opened reopened ready_for_review synchronize',
    whole: 'pull_request',
    bare: 'pull_request',
  },
  {
    event: 'pull_request',
    actions:
      'assigned auto_merge_disabled auto_merge_enabled closed converted_to_draft demilestoned dequeued edited enqueued locked milestoned review_request_removed review_requested unassigned unlabeled unlocked',
    whole: 'pull_request',
    bare: '',
  },
  { event: 'pull_request', actions: 'labeled', whole: 'pull_request label', bare: 'label' },

  { event: 'issues', actions: 'opened reopened', whole: 'issues', bare: 'issues' },
  {
    event: 'issues',
    actions:
      'assigned closed deleted demilestoned edited locked milestoned pinned transferred typed unassigned unlabeled unlocked unpinned untyped',
    whole: 'issues',
    bare: '',
  },
  { event: 'issues', actions: 'labeled', whole: 'issues label', bare: 'label' },

  // The examples are talk; a command at the start of one is another matter, and has a row below.
  { event: 'issue_comment', actions: 'created deleted edited', whole: '', bare: '' },
  { event: 'pull_request_review_comment', actions: 'created deleted edited', whole: '', bare: '' },

  // Taking a branch or tag away is a push too, to a commit of zeros.
  { event: 'push', actions: '', when: ['deleted', true], whole: '', bare: '' },
  { event: 'push', actions: '', when: ['ref', 'refs/heads/master'], whole: 'push', bare: 'push' },
  { event: 'push', actions: '', when: ['ref', 'refs/tags/simple-tag'], whole: 'push', bare: '' },

  { event: 'release', actions: 'published', whole: 'release', bare: 'release' },
  { event: 'release', actions: 'created deleted edited prereleased released unpublished', whole: 'release', bare: '' },

  // A run that has ended has a conclusion; one example lacks it.
  { event: 'workflow_run', actions: 'completed', when: ['workflow_run.conclusion', null], whole: '', bare: '' },
  {
    event: 'workflow_run',
    actions: 'completed',
    when: ['workflow_run.conclusion', 'success'],
    whole: 'workflow_run',
    bare: '',
  },
  { event: 'workflow_run', actions: 'in_progress requested', whole: '', bare: '' },

  // All examples belong to another app than this one.
  {
    event: 'check_suite',
    actions: 'completed',
    when: ['check_suite.conclusion', 'success'],
    whole: 'check_suite',
    bare: '',
  },
  { event: 'check_suite', actions: 'requested rerequested', whole: '', bare: '' },
  { event: 'check_run', actions: 'completed created requested_action rerequested', whole: '', bare: '' },

  {
    event: 'deployment_status',
    actions: 'created',
    when: ['deployment_status.state', 'success'],
    whole: 'deployment_status',
    bare: 'deployment_status',
  },
  {
    event: 'deployment_status',
    actions: 'created',
    when: ['deployment_status.state', 'in_progress'],
    whole: 'deployment_status',
    bare: '',
  },

  { event: 'merge_group', actions: 'checks_requested', whole: 'merge_group', bare: 'merge_group' },
  { event: 'merge_group', actions: 'destroyed', whole: '', bare: '' },
]

/** Events of the examples that no trigger is about. */
export const silent =
  'branch_protection_rule code_scanning_alert commit_comment create delete dependabot_alert deploy_key deployment ' +
  'deployment_review discussion discussion_comment fork github_app_authorization gollum installation ' +
  'installation_repositories label marketplace_purchase member membership meta milestone org_block organization ' +
  'package page_build ping project project_card project_column projects_v2_item public pull_request_review ' +
  'pull_request_review_thread repository repository_dispatch repository_import repository_vulnerability_alert ' +
  'security_advisory sponsorship star status team team_add watch workflow_dispatch workflow_job'

/** What the same examples start once they are about this app: a command in a comment, its own checks. */
export const ours: { event: string; action: string; whole: string }[] = [
  { event: 'issue_comment', action: 'created', whole: 'comment' },
  { event: 'pull_request_review_comment', action: 'created', whole: 'comment' },
  { event: 'check_run', action: 'rerequested', whole: 'comment pull_request' },
  { event: 'check_run', action: 'requested_action', whole: 'comment pull_request' },
  { event: 'check_run', action: 'completed', whole: '' },
  { event: 'check_suite', action: 'rerequested', whole: 'comment pull_request' },
  { event: 'check_suite', action: 'completed', whole: '' },
]
