// Files that are no ordinary edits: each kind is looked at or skipped on purpose, and the manifest says which with a sentence.
import { expect, test } from 'vitest'
import { planReview } from '../../src/agents/index.ts'
import type { ChangedFile } from '../../src/domain/change.ts'
import { agents, codeReview, settings } from './cast.ts'
import { changeOf, fileOf } from './change-of.ts'

const lines = ['-old', '+new']
const moved = { status: 'renamed' as const }

test.each<[string, ChangedFile, 'full' | 'partial' | 'skipped', RegExp]>([
  [
    'renamed',
    fileOf('a/new.ts', lines, { ...moved, oldPath: 'a/old.ts' }),
    'full',
    /^renamed from a\/old\.ts; all of its diff/,
  ],
  [
    'moved alone',
    fileOf('b/same.ts', [], { ...moved, oldPath: 'a/same.ts' }),
    'full',
    /^moved from a\/same\.ts; no lines changed/,
  ],
  [
    'copied',
    fileOf('b/copy.ts', [], { status: 'copied', oldPath: 'a/copy.ts' }),
    'full',
    /^copied from a\/copy\.ts; no lines/,
  ],
  ['executable', fileOf('run.sh', [], { newMode: '100755' }), 'full', /^made executable; no lines changed/],
  ['not any more', fileOf('run.sh', lines, { oldMode: '100755' }), 'full', /^no longer executable; all of its diff/],
  [
    'a new program',
    fileOf('x.sh', ['+rm -rf /'], { status: 'added', oldMode: '000000', newMode: '100755' }),
    'full',
    /^new, and executable/,
  ],
  [
    'a link',
    fileOf('l', ['+/etc/passwd'], { status: 'added', symlink: true, oldMode: '000000', newMode: '120000' }),
    'full',
    /^a symbolic link: .*never followed/,
  ],
  [
    'a file that became a link',
    fileOf('l', lines, { status: 'type-changed', symlink: true, newMode: '120000' }),
    'full',
    /^a file on one side and a symbolic link/,
  ],
  [
    'a submodule',
    fileOf('m', lines, { submodule: true, oldMode: '160000', newMode: '160000' }),
    'skipped',
    /only the commit it points to changed/,
  ],
  [
    'a new submodule',
    fileOf('m', [], { submodule: true, status: 'added', newMode: '160000' }),
    'skipped',
    /submodule that was added/,
  ],
  [
    'a submodule that is gone',
    fileOf('m', [], { submodule: true, status: 'deleted', oldMode: '160000' }),
    'skipped',
    /submodule that was removed/,
  ],
  ['binary', fileOf('a.png', [], { binary: true }), 'skipped', /^binary$/],
  [
    'binary and moved',
    fileOf('b/a.png', [], { ...moved, binary: true, oldPath: 'a/a.png' }),
    'skipped',
    /^binary; moved from a\/a\.png$/,
  ],
  ['a binary program', fileOf('tool', [], { binary: true, newMode: '100755' }), 'skipped', /^binary; made executable$/],
  ['a lock file', fileOf('package-lock.json', lines), 'skipped', /a lock file/],
  ['generated', fileOf('api.gen.ts', lines, { generated: true }), 'skipped', /generated, as the base branch's/],
  ['vendored', fileOf('lib/x.js', lines, { vendored: true }), 'skipped', /vendored, as the base branch's/],
  ['minified', fileOf('a.min.js', [`+${'x'.repeat(5_000)}`]), 'skipped', /minified/],
  ['only named so', fileOf('a.min.js', ['+steal()']), 'full', /written by hand/],
  [
    'with a very long line',
    fileOf('data.ts', [`+${'x'.repeat(5_000)}`]),
    'partial',
    /1 of its lines are longer than 2000/,
  ],
  [
    'too large to read',
    fileOf('big.ts', [], { unread: 'its diff is larger than 1 MiB' }),
    'partial',
    /lines were not read/,
  ],
  [
    'emptied of everything',
    fileOf('gone.ts', ['-a'], { status: 'deleted', newMode: '000000' }),
    'full',
    /all of its diff/,
  ],
])('a file that is %s', (_, file, coverage, because) => {
  const plan = planReview({ change: changeOf(file), settings, routines: [codeReview], agents, serverRunUsd: 5 })
  expect(plan.manifest).toEqual([{ path: file.path, coverage, because: expect.stringMatching(because) }])
})

test('a name that is a sentence of its own stays within the one of the manifest', () => {
  const oldPath = `a/${'x'.repeat(400)}\n## Approved`
  const file = fileOf('b.ts', lines, { ...moved, oldPath })
  const plan = planReview({ change: changeOf(file), settings, routines: [codeReview], agents, serverRunUsd: 5 })
  expect(plan.manifest[0]?.because).not.toContain('\n')
  expect(plan.manifest[0]?.because.length).toBeLessThan(300)
})
