// A repository's settings, or an organisation's: `.github/watchbill.yml` as people write it.
import { z } from 'zod'
import { incompletes, language, name, permissionsList, strings, thresholds } from './front.ts'

/** `.github/watchbill.yml`: a repository's settings. */
export const repositorySettingsSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('false switches every routine off in this repository; those that the organisation requires stay.'),
  automatic: z
    .boolean()
    .optional()
    .describe(
      'true: routines answer pull requests by themselves, whatever the size of the installation; false: only when a person asks. Default: by themselves in installations of up to 20 repositories.',
    ),
  enable: z
    .array(name)
    .default([])
    .describe(
      'Routines on standby that answer their triggers here. Example: `enable: [nightly-security-sweep, dependency-review]`.',
    ),
  disable: z.array(name).default([]).describe('Routines switched off here. Example: `disable: [security-review]`.'),
  severity: thresholds
    .default({})
    .describe('For every routine that does not say otherwise. Example: `severity: { inline: high }`.'),
  incomplete: z
    .enum(incompletes)
    .optional()
    .describe(
      'For every routine that does not say otherwise: what its check concludes when a review could not look at everything; `fail` holds for routines with a gate. Default: neutral. Example: `incomplete: fail`.',
    ),
  budget: z
    .strictObject({
      run: z
        .number()
        .positive()
        .optional()
        .describe("US dollars a run. Default: by the change's size and risk. Example: `run: 2`."),
      pull: z
        .number()
        .positive()
        .optional()
        .describe("US dollars in a pull request's life. Default: 8. Example: `pull: 6`."),
      day: z
        .number()
        .positive()
        .optional()
        .describe('US dollars a day (UTC) for the repository. Default: 20. Example: `day: 15`.'),
    })
    .default({})
    .describe(
      "Most that may be spent here; of this, the organisation's and the server's, the lowest holds. Example: `budget: { run: 2, day: 15 }`.",
    ),
  skip: strings
    .default([])
    .describe('Globs of files never looked at; they are named as skipped. Example: `skip: ["docs/**", "**/*.snap"]`.'),
  private: strings
    .default([])
    .describe(
      'Globs of files that are never sent to a model, whatever a routine asks for: not in a diff, and no tool shows them. They are named as skipped. Upper and lower case are the same. Example: `private: ["secrets/**", "**/*.pem"]`.',
    ),
  instructions: z
    .array(
      z.strictObject({
        paths: strings
          .min(1)
          .describe(
            'Globs of the files it is about; the last that matches a file decides, "!" takes out. Example: `paths: ["api/**", "!api/legacy/**"]`.',
          ),
        text: z
          .string()
          .min(1)
          .max(4000)
          .describe('What agents are told that are sent over such files. Example: `text: Amounts are whole cents.`'),
      }),
    )
    .max(50)
    .default([])
    .describe(
      'Instructions for parts of the repository, given to the agents whose files match. Example: `instructions: [{ paths: ["api/**"], text: "Every route checks a permission." }]`.',
    ),
  intent: z
    .boolean()
    .optional()
    .describe(
      'true: the description of a pull request and the issues it closes are held against its change, and what was asked for and is not there is listed. For routines that do not say; never for security reviews. Default: false. Example: `intent: true`.',
    ),
  readable_by: z
    .array(z.string().regex(/^[\w.-]+\/([\w.-]+|\*)$/, 'is OWNER/REPO, or OWNER/*'))
    .default([])
    .describe(
      'Repositories whose routines may read this one beside their own, and extend routine files of it. Example: `readable_by: [acme/shop, "acme/*"]`.',
    ),
  language: language
    .optional()
    .describe(
      'Language that findings are written in, for routines that do not say. Default: English. Example: `language: Deutsch`.',
    ),
  ceilings: z
    .strictObject({
      run: z
        .number()
        .positive()
        .optional()
        .describe('US dollars a run, of any routine. Default: no ceiling. Example: `run: 3`.'),
      day: z
        .number()
        .positive()
        .optional()
        .describe('US dollars a day (UTC) for each repository. Default: no ceiling. Example: `day: 20`.'),
      can: z
        .array(z.enum(permissionsList))
        .optional()
        .describe('All that any routine may do. Default: no ceiling. Example: `can: [check]`.'),
    })
    .optional()
    .describe("In an organisation's file only: what no repository raises. Example: `ceilings: { run: 3, day: 20 }`."),
})
export type RepositorySettings = z.infer<typeof repositorySettingsSchema>
