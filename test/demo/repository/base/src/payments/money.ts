/** Cents as people write them: 12050 is "120.50". */
export function formatCents(cents: number): string {
  return (cents / 100).toFixed(2)
}
