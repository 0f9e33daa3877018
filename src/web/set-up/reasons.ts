// What each permission of the App is for, in plain words; one that app.yml asks for and that has no words here is a failing test.

export const reasons: Record<string, { name: string; why: string }> = {
  metadata: { name: 'Metadata', why: 'Comes with every app: which repositories there are, and who may write to them.' },
  contents: { name: 'Contents', why: 'To fetch the code that is reviewed. It can not change any of it.' },
  pull_requests: {
    name: 'Pull requests',
    why: 'To post reviews and comments. It merges nothing and approves nothing.',
  },
  issues: {
    name: 'Issues',
    why: 'Comments on pull requests, such as “@watchbill review”, arrive as comments on issues.',
  },
  checks: { name: 'Checks', why: 'To show beside each commit how its review went, with a button that runs it again.' },
  merge_queues: { name: 'Merge queues', why: 'So that no merge queue ever waits for a check of ours.' },
}

/** GitHub's own words for a level of access. */
export const levels: Record<string, string> = { read: 'read only', write: 'read and write' }
