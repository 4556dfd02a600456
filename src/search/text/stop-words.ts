import { fold } from './words.js';

/** Words of a question that say nothing about the schema: function words, question words, and words about time. */
const TEXT = `
a about above all also am an and any are as at be because been before below between both but by can compared could currently
did do does during each every few find for from get give had has have how i if in into is it its just last least less list
long many me month months more most much my next no not now number of often on one only or other our out over own per quarter same
select show since so some still tell than that the their them then there these they this those through to today top total two
under until up us use used was we week weeks were what when where which while who whom whose why will with within year years
waiting wait yesterday you your got granted happen happened high low made make need needed set went worst best good bad january february march april may june july august september october november december
ab aber alle allen aller als am an auch auf aus bei bin bis bitte da das dass dem den der des die dies diese dieser dieses
doch dort du durch ein eine einem einen einer eines er es etwa fur gab gegen gestern gibt haben hat hatte hatten heute hier
ich ihr ihre im in ist ja jahr jahre jede jeder jedes jetzt kann kein keine letzte letzten letzter man mehr mein meine mit
monat monate morgen nach nicht noch nun nur ob oder ohne pro quartal sein seine seit sich sie sind so soll uber um und uns
unser unsere unter viel viele vom von vor waren war warum was welche welchem welchen welcher welches wem wen wenn wer werden
wie wieviel wir wird wo woche wochen wurde wurden zeige zu zum zur zwischen januar februar marz mai juni juli oktober dezember
al algun alguna ano anos ante antes aquel cada como con cual cuales cuando cuanta cuantas cuanto cuantos de del desde donde
dos el ella ellos en entre era es esa ese esta estan este esto fue ha hace han hasta hay la las le lo los mas me mes meses mi
muestra muy ningun no nos o para pero por porque que quien quienes se semana ser si sin sobre son su sus te tiene tienen toda
todas todo todos tu un una unas uno unos y ya enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
diciembre
`;

export const STOP_WORDS: ReadonlySet<string> = new Set(TEXT.split(/\s+/u).map(fold));
