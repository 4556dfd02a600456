import { Injectable } from '@nestjs/common';
import { mayTouch, limitsObjects } from '../database/access.js';
import type { CallContext } from '../database/call-context.js';
import { unknownSchema } from '../database/catalog/catalog.errors.js';
import { lookupFor } from '../database/catalog/catalog.service.js';
import { within } from '../database/catalog/within-database.js';
import type { AccessLimits } from '../common/principal.js';
import { AnswerBuilder } from './answer/answer-builder.js';
import type { SearchAnswer, SearchRequest } from './answer/search.types.js';
import type { SchemaIndex } from './index/schema-index.js';
import { SchemaIndexes } from './index/schema-indexes.js';
import type { Viewer } from './ranking/scoring.js';
import { ValueRules } from './values/value-rules.js';

/**
 * Finds tables, columns, modules, definitions and values by words, and the joins between the tables, within what the
 * person may use. Throws AppError INVALID_ARGUMENT for a database that the tenant doesn't list, UNKNOWN_SCHEMA, and
 * the errors of the catalogue at the first search.
 */
@Injectable()
export class SchemaSearchService {
  constructor(
    private readonly indexes: SchemaIndexes,
    private readonly valueRules: ValueRules,
  ) {}

  async search(request: SearchRequest, call: CallContext): Promise<SearchAnswer> {
    const options = within(call.tenant, request.database, lookupFor(call));
    const index = await this.indexes.of(call.tenant, options);
    const viewer = viewerOf(index, options.access, [call.tenant.config.tools, call.principal.access.tools]);
    assertSchema(index, viewer, request.schema);
    const against = this.valueRules.settingAgainst(call.tenant);
    const notes = [
      ...index.notes,
      ...(request.showValues ? [] : ['no values: you may use no tool that reads rows']),
      ...(against === undefined || index.notes.some(note => note.includes(against)) ? [] : [`no values: ${against}`]),
    ];
    const showValues = request.showValues && against === undefined;
    return new AnswerBuilder(index, viewer, { ...request, showValues }, notes).build();
  }
}

/** Throws AppError UNKNOWN_SCHEMA for a schema in which the person may see nothing. */
function assertSchema({ model }: SchemaIndex, viewer: Viewer, schema: string | undefined): void {
  const wanted = schema?.toLowerCase();
  if (schema === undefined || wanted === undefined) return;
  const visible = model.objects.filter((_object, at) => viewer.isVisible(at));
  if (!visible.some(object => object.schema.toLowerCase() === wanted)) throw unknownSchema(schema, visible);
}

type ToolList = readonly string[] | undefined;

/** A definition is visible to a person who may use all tables that it names, and its tool if it has one. */
function viewerOf(
  { model, definitions }: SchemaIndex,
  access: AccessLimits | undefined,
  toolLists: readonly ToolList[],
): Viewer {
  const definitionOf = (document: number) => definitions.definitions[document - model.objects.length];
  const isListed = (document: number): boolean => {
    const tool = definitionOf(document)?.tool;
    return tool === undefined || toolLists.every(list => list?.includes(tool) ?? true);
  };
  if (access === undefined || !limitsObjects(access)) return { limited: false, isVisible: isListed };
  const known = new Map<number, boolean>();
  const isVisible = (document: number): boolean => {
    const object = model.objects[document];
    if (object !== undefined) return mayTouch(access, object.schema, object.name);
    const places = definitionOf(document)?.places ?? [];
    return isListed(document) && places.every(({ schema, table }) => mayTouch(access, schema, table));
  };
  return {
    limited: true,
    isVisible: document => {
      let visible = known.get(document);
      if (visible === undefined) known.set(document, (visible = isVisible(document)));
      return visible;
    },
  };
}
