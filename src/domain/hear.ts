// A conversation to its end, whichever way the model fails: what fails around a model is not its failure, and is thrown.
import type { Conversation, Ended, Model } from './conversation.ts'
import { asProblem, endsAttempt } from './problem.ts'

/** Problems of journal and meter that end the run's attempt are thrown; whatever else a model throws is an end like those it tells of. */
export async function hear(model: Model, conversation: Conversation): Promise<Ended> {
  try {
    return await model.converse(conversation)
  } catch (thrown) {
    if (endsAttempt(thrown)) throw thrown
    return { end: 'failed', because: asProblem(thrown).message, turns: 0, text: '', usd: 0 }
  }
}
