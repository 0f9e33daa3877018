/** Cents as people write them: 12050 is "120.50". */
export function formatCents(cents: number): string {
  return (cents / 100).toFixed(2)
}

/** What people write, as cents: "120.50" is 12050. */
export function parseEuros(text: string): number {
  if (!/^\d+(\.\d{1,2})?$/.test(text)) return Number.NaN
  return Math.floor(Number(text) * 100)
}
