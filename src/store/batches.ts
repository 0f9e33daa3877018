// A long list in parts of a size that one statement can carry.

/** In their order; every part but the last has `most`. */
export function batches<T>(all: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, n) => all.slice(n * most, (n + 1) * most))
}
