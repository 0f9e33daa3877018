// What `check` says about schedules: each mistake its own sentence at its own place, and one thing that is only worth knowing.
import { describe, expect, it } from 'vitest'
import { loadConfiguration, parseRoutine } from '../../../src/routines/index.ts'
import { load, messages, routineFile } from '../samples.ts'

const scheduled = (schedule: string) => routineFile('x', `description: d\non:\n  schedule: ${schedule}`)
const said = (schedule: string) => messages(parseRoutine(scheduled(schedule)))
const at = (place: string, message: string) => [`.github/routines/x.md:${place} ${message}`]

describe('a schedule', () => {
  it.each([
    'nightly',
    'weekdays around 9:00',
    '"0 2 * * 1-5"',
    '{ every: nightly, timezone: Europe/Berlin }',
    '{ cron: "*/5 * * * *", missed: skip }',
    '{ at: 2026-12-01 09:00, timezone: America/New_York }',
    '[nightly, { cron: "0 12 * * *" }]',
    '"0 22-2 * * *"',
  ])('%s is right', schedule => expect(said(schedule)).toEqual([]))

  it.each([
    ['nigthly', 'has `nigthly`, which is no word of a schedule; did you mean `nightly`?'],
    ['weekly on munday', 'has `munday`, which is no word of a schedule; did you mean `monday`?'],
    ['dayly around 14:00', 'has `dayly`, which is no word of a schedule; did you mean `daily`?'],
    ['"@daily"', 'has `@daily`, which is no word of a schedule; did you mean `daily`?'],
    ['daily around 2pm', 'has `2pm`; times are written `9:00` and `14:00`.'],
    ['daily around', 'needs one time after `around`, e.g. `around 14:00`.'],
    ['daily around 25:00', 'needs one time after `around`, e.g. `around 14:00`.'],
    ['daily between 17:00 and 9:00', 'has a `between` that ends before it begins; it stays within one day.'],
    ['daily between 9:00', 'needs two times after `between`, e.g. `between 9:00 and 17:00`.'],
    ['daily monday', 'goes on with `monday`; what follows the days is `around`, `at` or `between` with a time.'],
    ['weekly on', 'names no day of the week after `on`.'],
    ['monthly on the 31st', 'needs a day from 1 to 28 after `on the`, which every month has, or `last day`.'],
    ['every 7 minutes', 'is not one of the steps that can be: every 5, 10, 15, 20, 30 minutes.'],
    ['every 5 hours', 'is not one of the steps that can be: every 1, 2, 3, 4, 6, 8, 12 hours.'],
    [
      'around 9:00',
      'begins with `around`; it begins with hourly, daily, nightly, weekdays, weekends, weekly, monthly, a day of the week, or `every`.',
    ],
    [
      'whenever',
      'has `whenever`, which is no word of a schedule; it is words such as `nightly`, `weekdays around 9:00` and `weekly on monday`, or five cron fields.',
    ],
    ['"0 2 * *"', 'has 4 fields; cron takes five: minute, hour, day of month, month, day of week.'],
    ['"0 0 2 * * *"', 'has 6 fields; cron takes five: minute, hour, day of month, month, day of week.'],
    ['"0 25 * * *"', 'has the hour `25`, which does not fit: it is 0 to 23, `*`, a list, a range or a step.'],
    [
      '"0 2 * * mondy"',
      'has the day of the week `mondy`, which does not fit: it is 0 to 7, or sun to sat, `*`, a list, a range or a step.',
    ],
    ['"0 2 31 2 *"', 'names a day that none of its months has.'],
    ['"0 2 L-30 2 *"', 'names a day that never comes.'],
    ['"0-99999999 * * * *"', 'is longer, or has a longer number, than cron needs.'],
    ['"*/2 * * * *"', 'comes 2 minutes after the last time; on this server 5 minutes is the least.'],
    ['"58,1 * * * *"', 'comes 3 minutes after the last time; on this server 5 minutes is the least.'],
    ['2026-12-01 09:00', 'is one time; write it as `at: …`.'],
    ['["0 * * * *", "4 * * * *"]', 'come 4 minutes after one another; on this server 5 minutes is the least.'],
  ])('%s is told: %s', (schedule, message) => {
    expect(said(schedule)).toEqual(at('4:3', `on.schedule: ${message}`))
  })

  it.each([
    ['{ every: "0 2 * * *" }', '4:15 on.schedule.every: begins like cron; write it as `cron: …`.'],
    ['{ cron: nightly }', '4:15 on.schedule.cron: begins with a word; write it as `every: …`.'],
    [
      '{ at: tomorrow }',
      '4:15 on.schedule.at: is no time such as `2026-12-01 09:00`; the zone is given by `timezone`.',
    ],
    [
      '{ at: 2026-02-30 09:00 }',
      '4:15 on.schedule.at: is no time such as `2026-12-01 09:00`; the zone is given by `timezone`.',
    ],
    [
      '{ at: 2026-12-01T09:00Z }',
      '4:15 on.schedule.at: is no time such as `2026-12-01 09:00`; the zone is given by `timezone`.',
    ],
    ['{ timezone: UTC }', '4:3 on.schedule: says no time; give one of `cron`, `every` and `at`.'],
    [
      '{ cron: "0 2 * * *", every: nightly }',
      '4:3 on.schedule: has both `cron` and `every`; give one of `cron`, `every` and `at`.',
    ],
    [
      '{ every: nightly, timezone: Berlin }',
      '4:31 on.schedule.timezone: is `Berlin`, which is no zone of the IANA database; did you mean `Europe/Berlin`?',
    ],
    [
      '{ every: nightly, timezone: Europe/Berln }',
      '4:31 on.schedule.timezone: is `Europe/Berln`, which is no zone of the IANA database; did you mean `Europe/Berlin`?',
    ],
    [
      '{ every: nightly, timezone: "+02:00" }',
      '4:31 on.schedule.timezone: is `+02:00`, which is no zone of the IANA database, such as `Europe/Berlin`.',
    ],
    ['[nightly, dayly]', '4:23 on.schedule[1]: has `dayly`, which is no word of a schedule; did you mean `daily`?'],
  ])('%s is told at its key', (schedule, message) => {
    expect(said(schedule)).toEqual([`.github/routines/x.md:${message}`])
  })

  it('comes with what was probably meant, to be put in its place', () => {
    const suggestions = (schedule: string) => parseRoutine(scheduled(schedule)).problems.map(one => one.suggestion)
    expect(suggestions('weekdays arund 9:00')).toEqual(['weekdays around 9:00'])
    expect(suggestions('{ every: nightly, timezone: Berlin }')).toEqual(['Europe/Berlin'])
    expect(suggestions('whenever')).toEqual([undefined])
  })

  it('is told all that is wrong with it at once', () => {
    expect(said('[{ cron: "0 25 * * *", timezone: Mars }, dayly]')).toHaveLength(3)
  })

  it('with a day of the month and a day of the week holds, and `check` says that both must be right', () => {
    const file = scheduled('"0 2 13 * 5"')
    const { value, problems } = parseRoutine(file)
    expect(value?.front.on?.schedule).toBe('0 2 13 * 5')
    expect(problems).toEqual([
      {
        file: '.github/routines/x.md',
        line: 4,
        column: 3,
        path: 'on.schedule',
        message:
          'has a day of the month and a day of the week: it starts on days on which both hold, where ordinary cron takes either.',
        note: true,
      },
    ])
    const routine = load([file]).routines.find(one => one.name === 'x')
    expect(routine?.off).toBeUndefined()
  })

  it('that is broken keeps its sentence beside a note of another', () => {
    const [routine] = load([
      routineFile('x', 'description: d\nmodel: deeep\non:\n  schedule: "0 2 13 * 5"'),
    ]).routines.filter(one => one.name === 'x')
    expect(routine?.off).toMatch(/deeep/)
  })

  it('of one time that has passed is worth a note, and breaks nothing', () => {
    const load = (today: string) =>
      loadConfiguration({
        builtIn: [],
        organisation: [],
        repository: [scheduled('[nightly, { at: 2026-12-01 23:00, timezone: America/New_York }]')],
        today,
      })
    expect(load('2026-12-02').notes).toEqual([])
    const { notes, problems, routines } = load('2026-12-04')
    expect(notes).toMatchObject([
      { path: 'on.schedule[1].at', message: 'has passed, so it starts nothing any more.', note: true },
    ])
    expect([problems, routines[0]?.off]).toEqual([[], undefined])
  })

  it('may come as often as the server says', () => {
    const file = scheduled('"*/15 * * * *"')
    expect(parseRoutine(file, 15).problems).toEqual([])
    expect(parseRoutine(file, 30).problems.map(one => one.message)).toEqual([
      'comes 15 minutes after the last time; on this server 30 minutes is the least.',
    ])
    const often = scheduled('"* * * * *"')
    expect(parseRoutine(often, 1).problems).toEqual([])
  })
})
