/** Characters that make a cell need quotes. */
const special = /[",\n\r]/g

export function cell(value: string): string {
  return special.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

export function csv(head: string[], lines: string[][]): string {
  return [head, ...lines].map(line => line.map(cell).join(',')).join('\r\n')
}
