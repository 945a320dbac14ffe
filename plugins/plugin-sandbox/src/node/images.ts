/** Which images are there. In the sandbox an image is a name: all are, but those marked as not to be pulled. */

export interface ImageOptions {
  /** Image name → folder that stands for its file system. */
  imageRoots: Record<string, string>
  /** Images whose name starts with one of these are neither there nor to be had. */
  unpullable: string[]
}

/** Names that no registry answers for, on any machine. */
export const alwaysUnpullable = ['localhost:1/', 'missing.local/']

export interface ImageProblem {
  reason: 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull'
  message: string
}

const reference =
  /^(?:(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)(?::\d+)?\/|[a-zA-Z0-9-]+:\d+\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$/

/** Why a container of this image cannot be made, or undefined. */
export function imageProblem(
  image: string,
  pullPolicy: string | undefined,
  options: ImageOptions,
): ImageProblem | undefined {
  if (!reference.test(image)) {
    return {
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: invalid reference format`,
    }
  }
  if (![...alwaysUnpullable, ...options.unpullable].some((prefix) => image.startsWith(prefix))) return undefined
  if (pullPolicy === 'Never') {
    return {
      reason: 'ErrImageNeverPull',
      message: `Container image ${JSON.stringify(image)} is not present with pull policy of Never`,
    }
  }
  const why = `failed to pull and unpack image ${JSON.stringify(image)}: failed to resolve reference ${JSON.stringify(image)}: the sandbox has no such image`
  return { reason: 'ErrImagePull', message: `rpc error: code = Unknown desc = ${why}` }
}

/** The folder of an image: by its whole name, else by its name without the tag. */
export function imageRootOf(image: string, roots: Record<string, string>): string | undefined {
  if (Object.hasOwn(roots, image)) return roots[image]
  const untagged = image.replace(/(@.*|:[\w.-]+)$/, '')
  return Object.hasOwn(roots, untagged) ? roots[untagged] : undefined
}
