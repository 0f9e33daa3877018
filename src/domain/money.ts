// Amounts of money as people read them.

/** Cents, and more digits where cents would read as nothing. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`
}
