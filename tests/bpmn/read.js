// Reads one BPMN file for each line of the input (a JSON string) and answers with what bpmn-moddle warns of.
import { createInterface } from 'node:readline';
import { BpmnModdle } from 'bpmn-moddle';

const moddle = new BpmnModdle();

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function read(xml) {
  try {
    const { rootElement, warnings } = await moddle.fromXML(xml);
    return { root: rootElement.$type, warnings: warnings.map(({ message }) => message) };
  } catch (error) {
    return { root: null, warnings: [error.message] };
  }
}
