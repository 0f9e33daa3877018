// What pins packages of PyPI without TOML: requirements files with exact versions, and Pipfile.lock.
import { asRecord, isRecord, type Locked, pinsOf, type ReadLock, whence } from './locked.ts'
import { elsewhere } from './registries.ts'

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function pypiName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/; what is not pinned by `==` is no version to ask about. */
export const readRequirements: ReadLock = text => {
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''))
  const index = lines.flatMap(line => {
    const found = /^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links)[=\s]+["']?([^\s"']+)/.exec(line)?.[1]
    const away = found === undefined ? undefined : elsewhere('PyPI', found)
    return found === undefined || away === undefined ? [] : [{ away, found }]
  })[0]
  const packages = lines.flatMap((whole, at): Locked[] => {
    // What a name, its extras and its version take; a line padded beyond that is not pinned for us.
    const line = whole.slice(0, 1_000)
    const pinned =
      /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([A-Za-z0-9][\w.+!-]*)\s*(?=$|[;#\\,]|\s--|\s#)/.exec(line)
    const named = pinned ?? /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(@\s*\S+|[<>=!~].*|$|[;#].*)/.exec(line)
    if (!named) return []
    const address = named[2]?.startsWith('@') ? named[2].slice(1).trim() : undefined
    const away = pinned ? index?.away : address === undefined ? 'no exact version' : awayOf(address)
    return [
      {
        ecosystem: 'PyPI',
        name: pypiName(named[1]!),
        version: pinned?.[2] ?? named[2]!.slice(0, 100),
        quote: line,
        line: at + 1,
        ...whence(away, address ?? index?.found),
      },
    ]
  })
  return { packages }
}

function awayOf(address: string): string {
  return elsewhere('PyPI', address) ?? 'a file on PyPI'
}

/** https://github.com/pypa/pipfile: `index` names one of the sources; without it the first one holds. */
export const readPipfileLock: ReadLock = text => {
  let root: Record<string, unknown>
  try {
    root = asRecord(JSON.parse(text))
  } catch {
    return { packages: [], problem: 'is no JSON' }
  }
  const { sources } = asRecord(root._meta)
  const listed = (Array.isArray(sources) ? sources : []).map(asRecord)
  const pinOf = pinsOf(text)
  const packages = ['default', 'develop'].flatMap(section =>
    Object.entries(asRecord(root[section])).flatMap(([name, entry]): Locked[] => {
      if (!isRecord(entry)) return []
      const version = typeof entry.version === 'string' ? entry.version.replace(/^==/, '') : ''
      const source = typeof entry.index === 'string' ? listed.find(one => one.name === entry.index) : listed[0]
      const url = typeof source?.url === 'string' ? source.url : undefined
      const away =
        'git' in entry
          ? 'git'
          : 'path' in entry || 'file' in entry || 'editable' in entry
            ? 'a path'
            : url === undefined
              ? 'a place that is not named'
              : elsewhere('PyPI', url)
      const where = pinOf(name, `==${version}`)
      return [
        {
          ecosystem: 'PyPI',
          name: pypiName(name),
          version,
          ...where,
          ...whence(away, typeof entry.git === 'string' ? entry.git : url),
        },
      ]
    }),
  )
  if (!isRecord(root.default) && !isRecord(root.develop)) return { packages, problem: 'has no list of packages in it' }
  return { packages }
}
