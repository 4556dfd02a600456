// Functions that a SELECT may call and that reach outside of this database: they read files, logs or the operating
// system, or call other servers. The sys.fn_… and sys.dm_… names come from the documentation of SQL Server 2016 to
// 2025.

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
 * Name patterns for functions of later versions, only where SQL Server's own functions are. AI_… functions send texts to
 * an external model; only AI_GENERATE_CHUNKS runs within the server.
 */
const LOOKS_EXTERNAL =
  /^(?:fn_.*(?:read_file|dblog|audit_file|gettable).*|dm_os_(?:file_|enumerate_).*|xp_.*|ai_(?!generate_chunks$).*)$/;

/** `qualifier` is the part before the name, in lower case, when there is one. */
export function isExternalFunction(name: string, qualifier: string | undefined): boolean {
  // The names of all of them begin with two letters and an underscore.
  if (name[2] !== '_') return false;
  if (EXTERNAL_FUNCTIONS.has(name)) return true;
  return (qualifier === undefined || qualifier === 'sys' || name.startsWith('xp_')) && LOOKS_EXTERNAL.test(name);
}

export function isExternalView(name: string): boolean {
  return EXTERNAL_VIEWS.has(name);
}

/**
 * Methods of xml, hierarchyid, geometry, geography and FILESTREAM values: `t.col.value(…)` is not a name of three parts.
 * Each method is listed, because a user-defined function may begin with ST too.
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

/** Built-in table-valued functions that read only their arguments. */
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
