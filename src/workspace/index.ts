// Opens workspaces: the exact commits of a pull request or of a local range, checked out apart and looked at read-only.
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Change } from '../domain/change.ts'
import type { Checkout, OpenCommit, Workspaces } from '../domain/workspace.ts'
import { authoritiesFor } from './authorities.ts'
import { blobsOf } from './blobs.ts'
import { bothOf } from './both.ts'
import { changeOf } from './change.ts'
import { type CheckedOut, checkOut } from './checkout.ts'
import { confineBy } from './confine.ts'
import { evictMirrors, forgetMirrors } from './evict.ts'
import type { FetchRequest } from './fetch.ts'
import { type Git, gitOf } from './git.ts'
import { isolationOf } from './isolation.ts'
import { borrowRange } from './local.ts'
import { looksOf } from './look.ts'
import { isDamage, mirrorsOf } from './mirror.ts'
import { placeAt } from './place.ts'
import { hideFiles, type Looking } from './private.ts'
import { copiesOf } from './private-copies.ts'
import { openRoom, type Room, removeAbandonedRooms } from './room.ts'
import { sinceOf } from './since.ts'
import { keepSpare, takeSpare, workIn } from './spare.ts'
import { listFiles } from './tree.ts'

export interface WorkspaceOptions {
  /** Holds `mirrors` and `checkouts`. */
  dataDir: string
  limitBytes?: number
  unusedDays?: number
  now?: () => Date
  /** What git may know of the machine: proxy and certificate variables, `PATH` where git is in an unusual place. */
  environment?: Record<string, string>
  log?: (line: object, sentence: string) => void
  retryDelayMs?: number
  /** KiB of a repository, as GitHub tells it, above which files of earlier commits are not fetched; 2 GiB by default. */
  largeRepository?: number
}

export function openWorkspaces(options: WorkspaceOptions): Workspaces {
  const { now = () => new Date(), log = () => {}, retryDelayMs = 1_000 } = options
  const dataDir = resolve(options.dataDir)
  const places = { mirrors: join(dataDir, 'mirrors'), rooms: join(dataDir, 'checkouts') }
  const { environment = {} } = options
  const git = gitOf(environment, () => authoritiesFor(environment, join(dataDir, 'authorities.pem')))
  const isolation = isolationOf(git)
  const { largeRepository } = options
  const mirrors = mirrorsOf({ git, root: places.mirrors, retryDelayMs, largeRepository, now, log })
  const swept = Promise.all([removeAbandonedRooms(places.rooms), removeAbandonedRooms(tmpdir())])

  const confined: Git = async command => git({ ...command, wrap: (await isolation()).wrap })

  return {
    place: () => placeAt(places.mirrors),
    holds: repository => mirrors.holds(repository.id),
    async fetchPull(request) {
      await orAnew(request, () => mirrors.bring(request, firstFetchJobMs))
    },
    async openPull(request) {
      await swept
      return orAnew(request, () => openMirrored(request))
    },
    async fetchCommit(request) {
      const both = asPair(request)
      await orAnew(both, () => mirrors.bring(both, firstFetchJobMs))
    },
    async openCommit(request) {
      await swept
      const both = asPair(request)
      return orAnew(both, () => openMirrored(both))
    },
    async openLocal(request) {
      await swept
      const room = await openRoom(tmpdir(), 'local')
      return orLeave(room, async () => {
        const range = await borrowRange(git, { ...request, scratch: room.dir })
        const { signal } = request
        const written = await checkOut(git, { ...range, work: workIn(room), begun: false, signal })
        return openCheckout(room, { ...range, ...written, signal, shared: false })
      })
    },
    async evict() {
      await removeAbandonedRooms(places.rooms)
      return evictMirrors({
        ...places,
        limitBytes: options.limitBytes ?? 20 * 1024 ** 3,
        unusedDays: options.unusedDays ?? 30,
        now: now(),
      })
    },
    forget: repositoryIds => forgetMirrors(places, repositoryIds),
    isolation: async () => (await isolation()).words,
    confine: confineBy(isolation),
  }

  async function orAnew<T>(request: FetchRequest, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      await mirrors.discard(request)
      return act()
    }
  }

  interface Opened extends CheckedOut {
    gitDir: string
    head: string
    mergeBase: string
    readable?: string[]
    signal: AbortSignal
    /** The mirror outlives the checkout. */
    shared: boolean
  }

  async function openMirrored(request: FetchRequest): Promise<Checkout> {
    const { head, signal } = request
    const gitDir = mirrors.directoryOf(request.repository.id)
    // Marked before the mirror is asked for, so that it is not evicted from under us.
    const room = await openRoom(places.rooms, gitDir)
    const work = workIn(room)
    const spare = takeSpare(git, gitDir, work, signal)
    return orLeave(room, async () => {
      const [, begun] = await bothOf([mirrors.bring(request), spare])
      const writing = checkOut(git, { gitDir, head, work, begun, signal })
      const [mergeBase, written] = await bothOf([mirrors.mergeBase(request), writing])
      return openCheckout(room, { ...written, gitDir, mergeBase, head, signal, shared: true })
    })
  }

  function openCheckout(room: Room, opened: Opened): Checkout {
    const { head, mergeBase, gitDir, unwritten, whole } = opened
    const work = workIn(room)
    if (unwritten.length > 0)
      log({ head, unwritten: unwritten.slice(0, 100) }, `${unwritten.length} files of the commit could not be written`)
    let change: Promise<Change> | undefined
    const view = { ...opened, index: work.index }
    const looking: Looking = (hides, hidesBlob) => looksOf(confined, { ...view, hides, hidesBlob })
    const hiding = { looking, copies: copiesOf(confined, opened) }
    const checkout: Checkout = {
      dir: work.tree,
      head,
      mergeBase,
      change: () => (change ??= changeOf(git, confined, { ...opened, scratch: room.dir })),
      since: commit => sinceOf(git, confined, { ...opened, scratch: room.dir }, commit),
      files: () => listFiles(git, { ...opened, scratch: room.dir }),
      blobs: blobsOf(confined, opened),
      ...looksOf(confined, view),
      hides: () => false,
      without: globs => hideFiles(checkout, hiding, globs),
      async [Symbol.asyncDispose]() {
        if (whole && opened.shared) await keepSpare(gitDir, work)
        await room[Symbol.asyncDispose]()
      },
    }
    return checkout
  }
}

/** A commit without an earlier one is its own base. */
function asPair({ commit, since = commit, ...request }: OpenCommit): FetchRequest {
  return { ...request, head: commit, base: since }
}

/** Less than its job may take, so that it is git that says how it ended. */
const firstFetchJobMs = 25 * 60 * 1000

/** What `open` makes keeps the room; if it fails nothing is left. */
async function orLeave<T>(room: Room, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    await room[Symbol.asyncDispose]()
    throw error
  }
}
