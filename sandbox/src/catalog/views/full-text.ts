import { visibleTables } from '../object-kinds.ts';
import { c, view, type CatalogView } from '../view.ts';

/** learn.microsoft.com: sys.fulltext_indexes */
const indexes = view(
  'sys.fulltext_indexes',
  {
    object_id: c.int,
    unique_index_id: c.int,
    fulltext_catalog_id: c.int.orNull,
    is_enabled: c.bit,
    change_tracking_state: c.name.orNull,
    has_crawl_completed: c.bit,
  },
  function* (session) {
    for (const { objectId, fullTextColumns } of visibleTables(session)) {
      if (fullTextColumns.size === 0) continue;
      yield {
        object_id: objectId,
        unique_index_id: 1,
        fulltext_catalog_id: null,
        is_enabled: 1,
        change_tracking_state: 'A',
        has_crawl_completed: 1,
      };
    }
  },
);

/** learn.microsoft.com: sys.fulltext_index_columns */
const columns = view(
  'sys.fulltext_index_columns',
  { object_id: c.int, column_id: c.int, type_column_id: c.int.orNull, language_id: c.int },
  function* (session) {
    for (const { objectId, fullTextColumns } of visibleTables(session))
      for (const id of fullTextColumns)
        yield { object_id: objectId, column_id: id, type_column_id: null, language_id: 1033 };
  },
);

export const FULL_TEXT_VIEWS: readonly CatalogView[] = [indexes, columns];
