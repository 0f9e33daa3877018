// What kind of request one is: whether it writes, and whether sending it twice does nothing twice. Pure.

interface Options {
  method: string
  url: string
  query?: unknown
  output?: unknown
  status?: unknown
}

/** Writes keep GitHub's pace. Taking out a token creates nothing that anybody sees, and a GraphQL query is a read sent by POST. */
export function isWrite({ method, url, query }: Options): boolean {
  if (url.endsWith('/graphql')) return String(query).trimStart().startsWith('mutation')
  return method !== 'GET' && method !== 'HEAD' && !url.endsWith('/access_tokens')
}

/** A check's end is what people (and merge queues) wait for; it goes ahead of everybody's progress. */
export function isUrgent({ method, url, status }: Options): boolean {
  return method === 'PATCH' && url.includes('/check-runs/') && status === 'completed'
}

/** Annotations are the exception among updates: GitHub appends them each time. */
export function isRepeatable({ method, url, output }: Options): boolean {
  if (typeof output === 'object' && output !== null && 'annotations' in output) return false
  return method !== 'POST' || /\/(graphql|access_tokens|reactions|sarifs)$/.test(url)
}
