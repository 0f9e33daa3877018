// The price table in force: ours, and an operator's own on top.
import { priceTable } from '../domain/models.ts'
import { type PriceTable, priceTableSchema } from '../domain/prices.ts'
import { Problem } from '../domain/problem.ts'

/** A price file as it was read: a JSON object, model id to prices in US dollars per million tokens. */
interface PriceFile {
  path: string
  text: string
}

/** Our prices with those of a price file over them. Problem `bad_configuration` names everything that is wrong in it. */
export function loadPrices(file?: PriceFile): PriceTable {
  if (!file) return priceTable
  const checked = priceTableSchema.safeParse(parse(file))
  if (checked.success) return { ...priceTable, ...checked.data }
  const wrong = checked.error.issues.map(issue => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw new Problem('bad_configuration', `The price file ${file.path} does not fit: ${wrong.join('; ')}.`)
}

function parse({ path, text }: PriceFile): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('bad_configuration', `The price file ${path} is not JSON; mend it or unset WATCHBILL_PRICES.`, {
      cause,
    })
  }
}
