// Functions that a SELECT may call and that do more than compute from this database: they read files, logs or the
// operating system, or speak to other servers. sys.fn_… and sys.dm_… as SQL Server 2016 to 2025 document them.

const EXTERNAL_FUNCTIONS = new Set([
  'fn_dblog',
  'fn_dump_dblog',
  'fn_full_dblog',
  'fn_get_audit_file',
  'fn_get_audit_file_v2',
  'fn_msxe_read_event_stream',
  'fn_readserverenvironment',
  'fn_servershareddrives',
  'fn_trace_gettable',
  'fn_trace_getinfo',
  'fn_xe_file_target_read_file',
  'fn_xe_telemetry_blob_target_read_file',
  'fn_translate_permissions_file',
  'dm_os_enumerate_filesystem',
  'dm_os_file_exists',
  'dm_os_enumerate_fixed_drives',
]);

const EXTERNAL_VIEWS = new Set(['dm_os_enumerate_fixed_drives']);

/**
 * Names of later versions that say what they do; only where SQL Server's own functions live. AI_… sends texts to a model
 * elsewhere; AI_GENERATE_CHUNKS alone cuts them here.
 */
const LOOKS_EXTERNAL =
  /^(?:fn_.*(?:read_file|dblog|audit_file|gettable).*|dm_os_(?:file_|enumerate_).*|xp_.*|ai_(?!generate_chunks$).*)$/;

/** `qualifier` is the part before the name, in lower case, when there is one. */
export function isExternalFunction(name: string, qualifier: string | undefined): boolean {
  // All of them have a short kind in front.
  if (name[2] !== '_') return false;
  if (EXTERNAL_FUNCTIONS.has(name)) return true;
  return (qualifier === undefined || qualifier === 'sys' || name.startsWith('xp_')) && LOOKS_EXTERNAL.test(name);
}

export function isExternalView(name: string): boolean {
  return EXTERNAL_VIEWS.has(name);
}

/**
 * Methods of xml, hierarchyid, geometry, geography and of FILESTREAM columns that a column's value has: `t.col.value(…)`
 * is no name of three parts. All of them by name, since a function of somebody's own may begin with ST too.
 */
const METHODS = new Set(
  [
    'value query exist nodes modify write pathname getfilenamespacepath',
    'tostring getancestor getdescendant getlevel isdescendantof getreparentedvalue',
    'asbinaryzm asgml astextzm bufferwithcurves bufferwithtolerance curvetolinewithtolerance envelopeangle',
    'envelopecenter filter instanceof isvaliddetailed makevalid mindbcompatibilitylevel numrings reduce',
    'reorientobject ringn shortestlineto',
    'starea stasbinary stastext stboundary stbuffer stcentroid stcontains stconvexhull stcrosses stcurven',
    'stcurvetoline stdifference stdimension stdisjoint stdistance stendpoint stenvelope stequals stexteriorring',
    'stgeometryn stgeometrytype stinteriorringn stintersection stintersects stisclosed stisempty stisring',
    'stissimple stisvalid stlength stnumcurves stnumgeometries stnuminteriorring stnumpoints stoverlaps stpointn',
    'stpointonsurface strelate ststartpoint stsymdifference sttouches stunion stwithin',
  ].flatMap(line => line.split(' ')),
);

export function isMethod(name: string): boolean {
  return METHODS.has(name);
}

/** Table-valued functions of the language itself: they read nothing but their arguments. */
const HARMLESS_ROWSETS = new Set([
  'openjson',
  'string_split',
  'generate_series',
  'regexp_matches',
  'regexp_split_to_table',
]);

export function isHarmlessRowset(name: string): boolean {
  return HARMLESS_ROWSETS.has(name);
}
