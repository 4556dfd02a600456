/** Our own mark: a table in a database, in the colours of the pages. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1550b3"/>
<path d="M7 10c0-2.2 4-4 9-4s9 1.8 9 4v12c0 2.2-4 4-9 4s-9-1.8-9-4z" fill="#fff"/>
<ellipse cx="16" cy="10" rx="9" ry="4" fill="#c9dcfb"/>
<path d="M7 16c0 2.2 4 4 9 4s9-1.8 9-4" fill="none" stroke="#1550b3" stroke-width="2"/>
</svg>
`;
