// The buttons of a check; pressing one asks for permission as a comment with its word does.
import type { CheckUpdate } from '../domain/host.ts'

/** GitHub takes three a check, labels of 20 characters and descriptions of 40: https://docs.github.com/en/rest/checks/runs#create-a-check-run */
type Button = NonNullable<CheckUpdate['buttons']>[number]

export const reviewAgain: Button = {
  label: 'Review again',
  description: 'Reviews this commit once more',
  identifier: 'review',
}
export const reviewNow: Button = { label: 'Review now', description: 'Reviews this commit', identifier: 'review' }
export const stop: Button = { label: 'Stop', description: 'Ends this review', identifier: 'stop' }
export const explain: Button = {
  label: 'Explain',
  description: 'Comments what ran here, and why',
  identifier: 'why',
}
