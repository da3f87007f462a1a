/* Runs a hex file in simavr: bytes go in at given cycles (lines "cycle hex-bytes" on standard input, in order, then the
   last line "end cycle"), each byte that comes out is printed as "cycle hex-byte". */
#include <inttypes.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HZ 16000000
#define BYTE_CYCLES 1389 /* ten bits at 115200 baud */

static avr_t *avr;

static void said(struct avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  (void)param;
  printf("%" PRIu64 " %02x\n", (uint64_t)avr->cycle, value & 0xff);
}

static void run_until(uint64_t cycle) {
  while (avr->cycle < cycle) {
    int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) exit(3);
  }
}

int main(int argc, char **argv) {
  ihex_chunk_p chunks = NULL;
  int count = argc == 2 ? read_ihex_chunks(argv[1], &chunks) : 0;
  avr = avr_make_mcu_by_name("atmega328p");
  if (count <= 0 || !avr) return 2;
  avr_init(avr);
  avr->frequency = HZ;
  avr->vcc = avr->avcc = avr->aref = 5000;
  for (int n = 0; n < count; n++) memcpy(avr->flash + chunks[n].baseaddr, chunks[n].data, chunks[n].size);
  avr->codeend = avr->flashend;
  uint32_t flags = 0; /* neither echo its output to ours, nor sleep while it waits */
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), said, NULL);
  avr_irq_t *input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0), 2500);
  char line[512];
  while (fgets(line, sizeof line, stdin)) {
    uint64_t cycle;
    char bytes[400];
    if (sscanf(line, "end %" SCNu64, &cycle) == 1) {
      run_until(cycle);
      return 0;
    }
    if (sscanf(line, "%" SCNu64 " %399s", &cycle, bytes) != 2) return 2;
    for (char *at = bytes; at[0] && at[1]; at += 2, cycle += BYTE_CYCLES) {
      unsigned byte;
      sscanf(at, "%2x", &byte);
      run_until(cycle);
      avr_raise_irq(input, byte);
    }
  }
  return 2;
}
