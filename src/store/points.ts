// Points to which pulls were reviewed: one for each routine, the newest.
import type { ReviewPoint } from '../domain/point.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, json, within } from './rows.ts'
import { holdRun } from './runs.ts'

export function points(ground: Ground): Rooms['points'] {
  return {
    async of(repositoryId, number) {
      const rows = await ground.db
        .selectFrom('review_points')
        .select('point')
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .orderBy('at')
        .orderBy('routine')
        .execute()
      return rows.map(row => row.point as ReviewPoint)
    },

    set: (run, reached) =>
      within(ground, async db => {
        await holdRun(db, run)
        for (const point of reached) {
          const { routine, runId, at } = point
          const row = { run_id: runId, point: json(point), at }
          await db
            .insertInto('review_points')
            .values({ repository_id: run.repository.id, number: run.number ?? 0, routine, ...row })
            .onConflict(conflict => conflict.columns(['repository_id', 'number', 'routine']).doUpdateSet(row))
            .execute()
        }
      }),
  }
}
