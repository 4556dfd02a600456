import 'reflect-metadata';

/** Gives the part of a value that is no secret. */
export type PublicPart = (value: unknown) => unknown;

const SECRETS = Symbol('secrets');

/** Marks a setting that holds a secret: whatever shows or hashes settings leaves it out, or takes its public part. */
export function Secret(publicPart: PublicPart = () => undefined): PropertyDecorator {
  return (target, property) => {
    const inherited = (Reflect.getMetadata(SECRETS, target) ?? {}) as Record<string, PublicPart>;
    Reflect.defineMetadata(SECRETS, { ...inherited, [String(property)]: publicPart }, target);
  };
}

/** The secret settings of an instance, by property. */
export function secretsOf(settings: object): Readonly<Record<string, PublicPart>> {
  return (Reflect.getMetadata(SECRETS, settings) ?? {}) as Record<string, PublicPart>;
}
