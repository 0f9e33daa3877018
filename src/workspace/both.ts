// Two things side by side, neither of which still runs when this is over.

/** Waits for both even if one fails, so that nothing still runs in a directory that is being removed. */
export async function bothOf<A, B>(both: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(both)
  return Promise.all(both)
}
