import type { PoolClient } from 'pg'
import { pool } from './pool.ts'

export interface Query {
  text: string
  values: unknown[]
}

/** A query in which every ${value} is a parameter: the text gets $1, $2 and so on, and the values travel beside it. */
export function sql(parts: TemplateStringsArray, ...values: unknown[]): Query {
  const text = parts.reduce((before, part, index) => `${before}$${index}${part}`)
  return { text, values }
}

export async function rows<Row>(query: Query, client: Pick<PoolClient, 'query'> = pool): Promise<Row[]> {
  const result = await client.query(query.text, query.values)
  return result.rows as Row[]
}
