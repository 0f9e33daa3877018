// How much a person may do in a repository, as GitHub names it, least first.

export const permissionLevels = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const
export type Permission = (typeof permissionLevels)[number]

/** A threshold, never a list: who may more may this too. */
export function mayAtLeast(permission: Permission | undefined, least: Permission): boolean {
  return permission !== undefined && permissionLevels.indexOf(permission) >= permissionLevels.indexOf(least)
}
