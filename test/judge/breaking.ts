// Each way in which a replacement can be broken, made of a sound one; and what the refusal of it has to say.
import type { Placement } from '../../src/domain/finding.ts'
import type { Draft } from './drafts.ts'

interface Parts {
  draft: Draft
  lines: string[]
  old: string[]
  fresh: string[]
  before: string[]
  after: string[]
}

interface Breaking {
  because: RegExp
  make: (parts: Parts) => Partial<Draft> | undefined
}

/** Where it has to be said by a parser, or because nobody could. */
export const syntax = /does not parse|nobody can tell|not indented|indented less/

const says = (parts: Parts, fresh: string[]): Partial<Draft> => ({
  suggestion: { ...parts.draft.suggestion, with: `${fresh.join('\n')}\n` },
})
const inserts = (because: RegExp, text: string): Breaking => ({
  because,
  make: parts => says(parts, [...parts.old.slice(0, -1), `${parts.old.at(-1)} ${text}`]),
})
const moved = (because: RegExp, path: string): Breaking => ({
  because,
  make: ({ draft }) => {
    const named = path.replace('N', draft.path.split('/')[0]!)
    return { path: named, file: { ...draft.file, path: named }, placement: { ...draft.placement, path: named } }
  },
})
const altered = (because: RegExp, change: (parts: Parts) => Partial<Draft> | undefined): Breaking => ({
  because,
  make: change,
})
const indent = (line: string) => /^\s*/.exec(line)![0]

export const breaking: Record<string, Breaking> = {
  'repeats the line before': altered(/before it/, parts => says(parts, [parts.before.at(-1)!, ...parts.fresh])),
  'repeats the line after': altered(/after it|before it/, parts => says(parts, [...parts.fresh, parts.after[0]!])),
  'repeats two lines after': altered(/after it|before it/, parts =>
    says(parts, [...parts.fresh, ...parts.after.slice(0, 2)]),
  ),
  'loses its indentation': altered(/indented|before it|after it/, parts =>
    indent(parts.fresh[0] ?? '') === ''
      ? undefined
      : says(
          parts,
          parts.fresh.map(one => one.trimStart()),
        ),
  ),
  'turns spaces into tabs': altered(/indented/, parts =>
    parts.fresh.some(one => one.startsWith('  ')) && !parts.lines.some(one => one.startsWith('\t'))
      ? says(
          parts,
          parts.fresh.map(one => one.replace(/^ +/, spaces => '\t'.repeat(spaces.length / 2))),
        )
      : undefined,
  ),
  'leaves a bracket open': altered(syntax, parts =>
    says(parts, [...parts.old.slice(0, -1), `${parts.old.at(-1)} ({ [`]),
  ),
  'loses a bracket': altered(syntax, parts => {
    const at = parts.old.findIndex(one => /[)}\]]/.test(one))
    return at < 0
      ? undefined
      : says(
          parts,
          parts.old.map((one, index) => (index === at ? one.replace(/[)}\]]/, '') : one)),
        )
  }),
  'leaves a string open': altered(syntax, parts => {
    const at = parts.old.findIndex(one => /['"]/.test(one))
    return at < 0
      ? undefined
      : says(
          parts,
          parts.old.map((one, index) => (index === at ? one.replace(/['"]/, '') : one)),
        )
  }),
  'is half a statement': altered(syntax, parts => says(parts, [...parts.old, `${indent(parts.old[0]!)}const x = =>`])),
  'has other line endings': altered(/line endings/, ({ draft }) => ({ text: draft.text.replaceAll('\n', '\r\n') })),
  'stands at an end without a line feed': altered(/ends without/, parts => ({
    text: [...parts.before, ...parts.old].join('\n'),
  })),
  'stands on the old side': altered(/new side/, ({ draft: { placement } }) => ({
    placement: { ...placement, side: 'LEFT' } as Placement,
  })),
  'stands on no line': altered(/new side/, ({ draft: { path } }) => ({
    placement: { at: 'file', path, line: 3, because: 'There.' },
  })),
  'is for fewer lines than the comment': altered(/character for character/, ({ draft, old }) =>
    old.length < 2 ? undefined : { suggestion: { ...draft.suggestion, replaces: old.slice(1).join('\n') } },
  ),
  'is for more lines than the comment': altered(/character for character/, ({ draft, old, after }) =>
    // An empty line at the end could be the end of the line before it.
    after[0] === '' ? undefined : { suggestion: { ...draft.suggestion, replaces: [...old, after[0]].join('\n') } },
  ),
  'quotes other words': altered(/character for character/, ({ draft }) => ({
    suggestion: { ...draft.suggestion, replaces: `${draft.suggestion.replaces} ` },
  })),
  'reaches over two hunks': altered(/one hunk/, ({ draft, old }) => {
    if (old.length < 2) return undefined
    const [hunk] = draft.file.hunks
    const parts = [hunk!.lines.slice(0, draft.startLine), hunk!.lines.slice(draft.startLine)]
    return { file: { ...draft.file, hunks: parts.map(lines => ({ ...hunk!, lines })) } }
  }),
  'is for a file that is a link': altered(/none whose lines/, ({ draft }) => ({
    file: { ...draft.file, symlink: true },
  })),
  'changes nothing': altered(/changes nothing/, parts => says(parts, parts.old)),
  'is very long': altered(/at a glance/, parts => says(parts, [...parts.fresh, ...Array(40).fill('more')])),
  'changes a workflow': moved(/workflow/, '.github/workflows/N.yml'),
  'changes a lock file': moved(/lock file/, 'N/package-lock.json'),
  'changes a manifest': moved(/depends on/, 'N/package.json'),
  'changes a script': moved(/script/, 'N/install.sh'),
  'is in a language that nobody parses': moved(/no parser here/, 'N/notes.adoc'),
  'brings an address': inserts(/address/, '// see https://evil.example/x'),
  'brings a machine’s address': inserts(/address/, '// 203.0.113.9'),
  'brings an import': altered(/import/, parts =>
    says(parts, [`${indent(parts.fresh[0] ?? '')}import x from 'y'`, ...parts.fresh]),
  ),
  'calls a program': inserts(/start a program/, '; execSync(name)'),
  'runs text': inserts(/start a program/, '; eval(name)'),
  'runs text in wide letters': inserts(/start a program/, '; ｅｖａｌ(name)'),
  'hides what it calls': inserts(/numbers/, '; "\\x65\\x76"'),
  'ends its own fence': altered(/fence/, parts => says(parts, [...parts.fresh, '```', '@everybody merge this'])),
  'turns the order of letters': inserts(/nobody sees/, '// \u202e safe'),
  'holds what has no width': inserts(/nobody sees/, '// a\u200bb'),
  'holds a control character': inserts(/control/, '// \u001b[2J'),
  'ends lines by other means': inserts(/control/, '// a\u2028b'),
  'holds a mark of ours': inserts(/HTML comment/, '// <!-- watchbill: key=1 -->'),
  'holds a secret': inserts(/secret/, `const t = "ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}"`),
  'holds what took the place of a secret': inserts(/secret/, '"[secret removed]"'),
  'holds a mark of a conflict': altered(/conflict/, parts => says(parts, [...parts.fresh, '=======', ...parts.old])),
}

export const breakages = Object.keys(breaking)
