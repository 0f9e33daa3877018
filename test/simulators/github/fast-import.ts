// Pieces of a stream for git-fast-import(1).

/** `content` is bytes, the id of a submodule's commit where `mode` is 160000, or undefined for a file that goes. */
export function fileChange(path: string, mode: string, content: string | Buffer | undefined): Buffer {
  const name = quote(path)
  if (content === undefined) return Buffer.from(`D ${name}\n`)
  if (mode === '160000') return Buffer.from(`M ${mode} ${content} ${name}\n`)
  return Buffer.concat([Buffer.from(`M ${mode} inline ${name}\n`), data(content)])
}

export function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')])
}

function quote(path: string): string {
  return `"${path.replace(/["\\\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`))}"`
}
