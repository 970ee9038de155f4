/* Taylor coefficients of a straight-line program in fixed-point numbers: the integers of ddln_sym.taylor.jets, faster.
 *
 * A number is n signed digits of 60 bits, lowest first, each in [-2^59, 2^59): balanced, so that a small number of
 * either sign has few digits other than zero.  The coefficients of a register lie digit by digit, in planes: plane p
 * holds the p-th digits of all orders, and used[p] is the order from which on it is zero.  A convolution is then, column
 * by column, a sum of dot products of planes, one of them backwards: products of 64 by 64 bits, added in 128.
 *
 * The first part is the arithmetic and knows nothing of Python; the second checks what Python hands over.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __SIZEOF_INT128__
#error "integers of 128 bits are needed"
#endif

typedef int64_t digit;
typedef __int128 wide;

#define RADIX 60
#define BASE ((digit)1 << RADIX)
#define HALF (BASE >> 1)
#define MASK (BASE - 1)
/* A product of digits is below 2^118 in modulus, so that twice as many of them stay below 2^127. */
#define CHUNK 128
/* What the binding accepts; the division below needs orders of 16 bits. */
#define MOST_DIGITS 4096
#define MOST_ORDER 65000
#define MOST_BITS (1 << 24)

enum { TOTAL, SQUARE, PRODUCT, LOGISTIC, FIELDS = 6 };

/* -- numbers -------------------------------------------------------------------------------------------------------- */

/* The carry, a multiple of the base, that a digit in [0, base] leaves when it is made balanced. */
static inline digit balance(digit *value)
{
    digit up = *value >= HALF;
    *value -= up * BASE;
    return up;
}

/* Digit p of a number, given by digits in [0, base) and the digit that all further ones are, shifted down. */
static inline digit shifted(const digit *d, int count, digit sign, int p, int rest)
{
    digit low = p < count ? d[p] : sign, high = p + 1 < count ? d[p + 1] : sign;
    return low >> rest | (digit)((uint64_t)high << (RADIX - rest) & MASK);
}

/* floor(number / 2^bits) in n balanced digits; returns up to where they are not zero, or -1 if they are too few. */
static int rounded_down(const digit *d, int count, digit sign, int bits, int n, digit *out)
{
    int skip = bits / RADIX, rest = bits % RADIX, length = 0;
    digit up = 0;
    for (int p = 0; p < n; p++) {
        out[p] = shifted(d, count, sign, p + skip, rest) + up;
        up = balance(out + p);
        if (out[p]) length = p + 1;
    }
    /* All that is left has to be 0, or -1 after a carry. */
    digit expected = up ? MASK : 0;
    for (int p = n + skip; p < count; p++)
        if (shifted(d, count, sign, p, rest) != expected) return -1;
    return sign == expected ? length : -1;
}

/* The same of the sum of column[c]·2^(60c); text has room for two digits more than there are columns. */
static int settled(const wide *column, int columns, int bits, int n, digit *text, digit *out)
{
    wide carry = 0;
    for (int c = 0; c < columns; c++) {
        wide value = column[c] + carry;
        text[c] = (digit)(value & MASK);
        carry = value >> RADIX;
    }
    text[columns] = (digit)(carry & MASK);
    text[columns + 1] = (digit)(carry >> RADIX & MASK);
    return rounded_down(text, columns + 2, carry < 0 ? MASK : 0, bits, n, out);
}

/* A divisor below 2^16 with its reciprocal: moved up to 16 bits by up places, floor(2^78 / it). */
typedef struct { uint64_t value, reciprocal; int up; } divisor;

static divisor divisor_of(uint64_t value)
{
    divisor found = {value, 0, 0};
    while (value << found.up < 1 << 15) found.up++;
    found.reciprocal = (uint64_t)(((unsigned __int128)1 << 78) / (value << found.up));
    return found;
}

/* floor(number·factor / 2^bits / divisor), as rounded_down; text has room for n + 2 digits more than the number has.
 * Where bits are negative, the number is moved up by whole digits first. */
static int scaled(const digit *a, int length, digit factor, int bits, divisor by, int n, digit *text, digit *out)
{
    int up = bits < 0 && length ? (RADIX - 1 - bits) / RADIX : 0;
    if (up > n) return -1;
    bits = length ? bits + up * RADIX : 0;
    memset(text, 0, up * sizeof *text);
    wide carry = 0;
    for (int p = 0; p < length; p++) {
        wide value = (wide)a[p] * factor + carry;
        text[up + p] = (digit)(value & MASK);
        carry = value >> RADIX;
    }
    text[up + length] = (digit)(carry & MASK);
    text[up + length + 1] = (digit)(carry >> RADIX & MASK);
    int count = up + length + 2, skip = bits / RADIX, rest = bits % RADIX;
    digit sign = carry < 0 ? MASK : 0;
    int left = count > skip ? count - skip : 0;
    for (int p = 0; p < left; p++) text[p] = shifted(text, count, sign, p + skip, rest);
    if (by.value > 1) {
        /* From the top: -1 is -1 times the divisor, and the divisor less 1 is left. */
        uint64_t remainder = sign ? by.value - 1 : 0;
        for (int p = left - 1; p >= 0; p--) {
            unsigned __int128 u = (unsigned __int128)remainder << RADIX | (uint64_t)text[p];
            uint64_t q = (uint64_t)((unsigned __int128)(uint64_t)(u << by.up >> 14) * by.reciprocal >> 64);
            remainder = (uint64_t)u - q * by.value;
            while (remainder >= by.value) { /* twice at most */
                remainder -= by.value;
                q++;
            }
            text[p] = (digit)q;
        }
    }
    return rounded_down(text, left, sign, 0, n, out);
}

/* From words of 64 bits in two's complement; -1 if n digits are too few. */
static int from_words(const uint64_t *words, int n, digit *out)
{
    uint64_t sign = words[n - 1] >> 63 ? ~(uint64_t)0 : 0;
    int length = 0;
    digit up = 0;
    for (int p = 0; p < n; p++) {
        int bit = RADIX * p, word = bit / 64, rest = bit % 64;
        uint64_t value = words[word] >> rest;
        if (rest > 64 - RADIX) value |= (word + 1 < n ? words[word + 1] : sign) << (64 - rest);
        out[p] = (digit)(value & MASK) + up;
        up = balance(out + p);
        if (out[p]) length = p + 1;
    }
    uint64_t expected = up ? ~(uint64_t)0 : 0;
    for (int bit = RADIX * n; bit < 64 * n; bit = (bit / 64 + 1) * 64)
        if ((words[bit / 64] ^ expected) >> bit % 64) return -1;
    return length;
}

static void to_words(const digit *a, ptrdiff_t stride, int n, uint64_t *words)
{
    unsigned __int128 pool = 0; /* bits that wait for their word */
    int waiting = 0, word = 0;
    digit carry = 0;
    for (int p = 0; p < n; p++) {
        digit value = a[p * stride] + carry;
        carry = value < 0 ? -1 : 0;
        pool |= (unsigned __int128)(uint64_t)(value & MASK) << waiting;
        waiting += RADIX;
        if (waiting >= 64) {
            words[word++] = (uint64_t)pool;
            pool >>= 64;
            waiting -= 64;
        }
    }
    for (; word < n; word++, pool = 0, waiting = 0)
        words[word] = (uint64_t)pool | (carry ? ~(uint64_t)0 << waiting : 0);
}

/* -- columns of products -------------------------------------------------------------------------------------------- */

/* The column at hand and the next one; products are added to open, and moved from there before it is full. */
typedef struct { wide open, here, next; int terms; } sum;

static inline void close_sum(sum *s)
{
    s->here += s->open & MASK;
    s->next += s->open >> RADIX;
    s->open = 0;
    s->terms = 0;
}

static inline wide finished(sum *s)
{
    close_sum(s);
    wide column = s->here;
    s->here = s->next;
    s->next = 0;
    return column;
}

/* a[0]·b[0] + a[1]·b[step] + ..., once or twice. */
static inline __attribute__((always_inline)) void add(sum *s, const digit *a, const digit *b, const int step, int count,
                                                      int times)
{
    while (count > 0) {
        int now = count < CHUNK ? count : CHUNK;
        if (s->terms + now * times > 2 * CHUNK) close_sum(s);
        wide even = 0, odd = 0;
        int i = 0;
        for (; i + 1 < now; i += 2) {
            even += (wide)a[i] * b[i * step];
            odd += (wide)a[i + 1] * b[(i + 1) * step];
        }
        if (i < now) even += (wide)a[i] * b[i * step];
        s->open += (even + odd) * times;
        s->terms += now * times;
        a += now;
        count -= now;
        if (count > 0) b += now * step;
    }
}

/* -- registers ------------------------------------------------------------------------------------------------------ */

typedef struct {
    digit *plane;  /* all orders so far, or NULL where they are not needed */
    int32_t *used; /* of each plane */
    digit *now;    /* the coefficient of the order at hand */
    int length;    /* up to where that is not zero */
} series;

static void store(const series *r, int n, int stride, int k)
{
    if (!r->plane) return;
    for (int p = 0; p < n; p++) {
        r->plane[(size_t)p * stride + k] = r->now[p];
        if (r->now[p]) r->used[p] = k + 1;
    }
}

static int planes_of(const series *r, int n)
{
    while (n && !r->used[n - 1]) n--;
    return n;
}

/* The columns of the k-th coefficient of a product; returns how many there are. */
static int convolved(const series *a, const series *b, int n, int stride, int k, wide *column)
{
    int na = planes_of(a, n), nb = planes_of(b, n), columns = na && nb ? na + nb - 1 : 0;
    sum s = {0, 0, 0, 0};
    for (int c = 0; c < columns; c++) {
        /* In a square, planes p and c - p change places, and so do orders i and k - i. */
        for (int p = c < nb ? 0 : c - nb + 1; p <= c && p < na && (a != b || 2 * p <= c); p++) {
            int q = c - p, begin = k + 1 - b->used[q], end = a->used[p] <= k ? a->used[p] : k + 1;
            const digit *first = a->plane + (size_t)p * stride, *second = b->plane + (size_t)q * stride;
            if (begin < 0) begin = 0;
            if (a == b && p == q) {
                if (k % 2 == 0 && k / 2 < end) add(&s, first + k / 2, first + k / 2, 1, 1, 1);
                if (end > (k + 1) / 2) end = (k + 1) / 2;
            }
            if (begin < end) add(&s, first + begin, second + k - begin, -1, end - begin, a == b ? 2 : 1);
        }
        column[c] = finished(&s);
    }
    if (columns) column[columns++] = s.here;
    return columns;
}

/* -- programs ------------------------------------------------------------------------------------------------------- */

typedef struct {
    int size, lines, shown, n, bits, order;
    /* For each line TOTAL, list, terms, constants, low, high; or what it is, one register or two, or for a logistic
     * function its place among the values.  Lists are registers; the constants of a total are its planes from low to
     * high, so many terms each. */
    const int32_t *code, *lists;
    const digit *constants;
    /* For each unknown, the register that its derivative is, times a factor / 2^shift; the shift may be negative. */
    const int32_t *rates;
    const digit *factors;
    int shift;
    /* Registers of lines whose coefficients are wanted as well as those of the unknowns. */
    const int32_t *outputs;
    /* n words each: what is added in each line, the unknowns at the beginning, and the logistic functions there. */
    const uint64_t *summands, *state, *values;
} program;

typedef struct {
    series *registers, *rest, *slope; /* of a logistic function s of a: s(1 - s), and k·a_k */
    digit *digits, *gathered, *text, *copy;
    int32_t *counts;
    wide *column;
    int list, terms, width; /* the list that is gathered, and of how many digits */
} workspace;

static void discard(workspace *w)
{
    free(w->registers);
    free(w->digits);
    free(w->counts);
    free(w->column);
}

/* Room for everything; the planes of unknowns and outputs are the caller's.  0 if there is none. */
static int prepared(const program *x, workspace *w, digit *planes, int32_t *used)
{
    int count = x->size + x->lines, stride = x->order + 1, most = 1, logistics = 0;
    size_t kept = 0, block = (size_t)x->n * stride;
    memset(w, 0, sizeof *w);
    w->registers = calloc((size_t)count + 2 * (size_t)x->lines + 1, sizeof *w->registers);
    if (!w->registers) return 0;
    w->rest = w->registers + count;
    w->slope = w->rest + x->lines;
    for (int r = 0; r < x->size + x->shown; r++) {
        series *known = w->registers + (r < x->size ? r : x->outputs[r - x->size]);
        known->plane = planes + (size_t)r * block;
        known->used = used + (size_t)r * x->n;
    }
    /* A mark for those that need planes of their own: any address but NULL. */
    for (int l = 0; l < x->lines; l++) {
        const int32_t *c = x->code + (size_t)FIELDS * l;
        if (c[0] == TOTAL && c[2] > most) most = c[2];
        for (int f = 1; f <= 2 && (c[0] == PRODUCT || (c[0] == SQUARE && f == 1)); f++) {
            series *factor = w->registers + c[f];
            if (!factor->plane) factor->plane = planes, kept++;
        }
        if (c[0] == LOGISTIC) {
            logistics++;
            series *own = w->registers + x->size + l;
            if (!own->plane) own->plane = planes, kept++;
            kept += 2;
        }
    }
    size_t numbers = (size_t)count + 2 * (size_t)logistics + (size_t)most;
    w->digits = malloc((kept * block + numbers * x->n + 3 * (size_t)x->n + 4) * sizeof(digit));
    w->counts = calloc(kept * x->n + 1, sizeof(int32_t));
    w->column = malloc((2 * (size_t)x->n + 2) * sizeof(wide));
    if (!w->digits || !w->counts || !w->column) return 0;
    digit *next = w->digits;
    int32_t *counts = w->counts;
    for (int r = 0; r < count + 2 * x->lines; r++) {
        series *s = w->registers + r;
        int inner = r >= count && x->code[(size_t)FIELDS * ((r - count) % x->lines)] == LOGISTIC;
        if (r >= count && !inner) continue;
        if (inner || (s->plane && !s->used)) {
            s->plane = next;
            next += block;
            s->used = counts;
            counts += x->n;
        }
        s->now = next;
        next += x->n;
    }
    w->gathered = next;
    w->copy = next + (size_t)most * x->n;
    w->text = w->copy + x->n;
    w->list = -1;
    return 1;
}

/* The columns of a sum of registers times constants, at the order at hand. */
static int totalled(const program *x, workspace *w, const int32_t *c)
{
    int terms = c[2], low = c[4], high = c[5];
    const int32_t *list = x->lists + c[1];
    const digit *constants = x->constants + c[3];
    if (!terms || low == high) return 0;
    if (w->list != c[1] || w->terms != terms) { /* its registers do not change after the first time in an order */
        w->list = c[1];
        w->terms = terms;
        w->width = 0;
        for (int j = 0; j < terms; j++)
            if (w->registers[list[j]].length > w->width) w->width = w->registers[list[j]].length;
        for (int j = 0; j < terms; j++)
            for (int p = 0; p < w->width; p++) w->gathered[(size_t)p * terms + j] = w->registers[list[j]].now[p];
    }
    if (!w->width) return 0;
    int columns = w->width + high - 1;
    sum s = {0, 0, 0, 0};
    for (int column = 0; column < columns; column++) {
        for (int p = 0; p < w->width && p <= column; p++)
            if (low <= column - p && column - p < high)
                add(&s, w->gathered + (size_t)p * terms, constants + (size_t)(column - p - low) * terms, 1, terms, 1);
        w->column[column] = finished(&s);
    }
    w->column[columns] = s.here;
    return columns + 1;
}

/* The logistic function s of a: k·s_k is the k-th coefficient of s(1 - s)a', times k. */
static int logistic(const program *x, workspace *w, int line, int k, divisor by)
{
    const int32_t *c = x->code + (size_t)FIELDS * line;
    series *own = w->registers + x->size + line, *rest = w->rest + line, *slope = w->slope + line;
    const series *argument = w->registers + c[1];
    int n = x->n, stride = x->order + 1;
    divisor one = {1, 0, 0};
    slope->length = scaled(argument->now, argument->length, k, 0, one, n, w->text, slope->now);
    if (slope->length < 0) return -1;
    store(slope, n, stride, k);
    if (k) {
        int columns = convolved(slope, rest, n, stride, k, w->column);
        int length = settled(w->column, columns, x->bits, n, w->text, own->now);
        own->length = length < 0 ? -1 : scaled(own->now, length, 1, 0, by, n, w->text, own->now);
    } else
        own->length = from_words(x->values + (size_t)c[2] * n, n, own->now);
    if (own->length < 0) return -1;
    store(own, n, stride, k);
    int columns = convolved(own, own, n, stride, k, w->column);
    if (settled(w->column, columns, x->bits, n, w->text, rest->now) < 0) return -1;
    for (int p = 0; p < n; p++) w->column[p] = (wide)own->now[p] - rest->now[p];
    rest->length = settled(w->column, n, 0, n, w->text, rest->now);
    if (rest->length < 0) return -1;
    store(rest, n, stride, k);
    return 0;
}

static int filled(const program *x, workspace *w, int line, int k, divisor by)
{
    const int32_t *c = x->code + (size_t)FIELDS * line;
    series *own = w->registers + x->size + line;
    int n = x->n, stride = x->order + 1, columns;
    if (c[0] == LOGISTIC) return logistic(x, w, line, k, by);
    if (c[0] == TOTAL)
        columns = totalled(x, w, c);
    else
        columns = convolved(w->registers + c[1], w->registers + (c[0] == SQUARE ? c[1] : c[2]), n, stride, k, w->column);
    own->length = settled(w->column, columns, x->bits, n, w->text, own->now);
    if (c[0] == TOTAL && k == 0 && own->length >= 0) {
        if (from_words(x->summands + (size_t)line * n, n, w->copy) < 0) return -1;
        for (int p = 0; p < n; p++) w->column[p] = (wide)own->now[p] + w->copy[p];
        own->length = settled(w->column, n, 0, n, w->text, own->now);
    }
    if (own->length < 0) return -1;
    store(own, n, stride, k);
    return 0;
}

/* All coefficients; 0, or -1 where a number has more than n digits, or -2 without memory. */
static int taylor(const program *x, digit *planes, int32_t *used)
{
    workspace w;
    int n = x->n, stride = x->order + 1, failed = 0;
    if (!prepared(x, &w, planes, used)) {
        discard(&w);
        return -2;
    }
    for (int r = 0; r < x->size && !failed; r++) {
        w.registers[r].length = from_words(x->state + (size_t)r * n, n, w.registers[r].now);
        failed = w.registers[r].length < 0;
    }
    for (int k = 0; k <= x->order && !failed; k++) {
        divisor here = divisor_of(k ? k : 1), next = divisor_of(k + 1);
        for (int r = 0; r < x->size; r++) store(w.registers + r, n, stride, k);
        if (k == x->order) break;
        w.list = -1;
        for (int line = 0; line < x->lines && !failed; line++) failed = filled(x, &w, line, k, here) < 0;
        for (int r = 0; r < x->size && !failed; r++) {
            const series *rate = w.registers + x->rates[r];
            const digit *from = rate->now;
            int length = rate->length;
            if (x->rates[r] < x->size) { /* another unknown, whose next coefficient may be there already */
                length = 0;
                for (int p = 0; p < n; p++) {
                    w.copy[p] = rate->plane[(size_t)p * stride + k];
                    if (w.copy[p]) length = p + 1;
                }
                from = w.copy;
            }
            series *own = w.registers + r;
            own->length = scaled(from, length, x->factors[r], x->shift, next, n, w.text, own->now);
            failed = own->length < 0;
        }
    }
    discard(&w);
    return failed ? -1 : 0;
}

/* -- what is asked of the coefficients ------------------------------------------------------------------------------ */

/* Horner's scheme for one register at a part of the scale; buffers of n digits, and of 2n + 2 for text and column. */
static int evaluated(const digit *plane, const int32_t *used, const digit *part, int length, int n, int bits, int order,
                     digit *value, digit *text, wide *column)
{
    int stride = order + 1, own = 0, top = 0;
    memset(value, 0, n * sizeof *value);
    for (int p = 0; p < n; p++)
        if (used[p] > top) top = used[p];
    for (int k = top - 1; k >= 0; k--) {
        int columns = own && length ? own + length - 1 : 0, here = 0;
        sum s = {0, 0, 0, 0};
        for (int c = 0; c < columns; c++) {
            int low = c < length ? 0 : c - length + 1, high = c < own ? c : own - 1;
            add(&s, value + low, part + c - low, -1, high - low + 1, 1);
            column[c] = finished(&s);
        }
        if (columns) column[columns++] = s.here;
        here = settled(column, columns, bits, n, text, value);
        if (here < 0) return -1;
        for (int p = 0; p < n; p++)
            if (k < used[p] && p >= here) here = p + 1;
        for (int p = 0; p < here; p++) column[p] = (wide)value[p] + (k < used[p] ? plane[(size_t)p * stride + k] : 0);
        own = settled(column, here, 0, n, text, value);
        if (own < 0) return -1;
    }
    return 0;
}

/* The largest modulus among the k-th coefficients, as words. */
static void largest(const digit *planes, int registers, int n, int order, int k, uint64_t *most, uint64_t *words)
{
    memset(most, 0, n * sizeof *most);
    for (int r = 0; r < registers; r++) {
        to_words(planes + (size_t)r * n * (order + 1) + k, order + 1, n, words);
        if (words[n - 1] >> 63) {
            uint64_t carry = 1;
            for (int i = 0; i < n; i++) {
                words[i] = ~words[i] + carry;
                carry = carry && !words[i];
            }
        }
        int i = n - 1;
        while (i > 0 && words[i] == most[i]) i--;
        if (words[i] > most[i]) memcpy(most, words, n * sizeof *most);
    }
}

/* -- Python --------------------------------------------------------------------------------------------------------- */

static PyObject *refused(const char *reason)
{
    PyErr_SetString(PyExc_ValueError, reason);
    return NULL;
}

static int sensible(long long n, long long bits, long long order)
{
    return n >= 1 && n <= MOST_DIGITS && bits >= 0 && bits <= MOST_BITS && order >= 1 && order <= MOST_ORDER;
}

/* How many items of so many bytes a buffer holds; -1 if it is not a whole number, or not aligned. */
static Py_ssize_t items(const Py_buffer *buffer, size_t width)
{
    if (!buffer->len) return 0;
    return buffer->len % width || (uintptr_t)buffer->buf % width ? -1 : (Py_ssize_t)(buffer->len / width);
}

/* Why a program cannot be run, or NULL. */
static const char *flaw(const program *x, Py_ssize_t lists, Py_ssize_t constants, Py_ssize_t values)
{
    int count = x->size + x->lines;
    for (int l = 0; l < x->lines; l++) {
        const int32_t *c = x->code + (size_t)FIELDS * l;
        int before = x->size + l;
        if (c[0] == TOTAL) {
            if (c[1] < 0 || c[2] < 0 || (Py_ssize_t)c[1] + c[2] > lists) return "a list lies outside the lists";
            for (int j = 0; j < c[2]; j++)
                if (x->lists[c[1] + j] < 0 || x->lists[c[1] + j] >= before) return "a list has a register of a later line";
            if (c[4] < 0 || c[5] < c[4] || c[5] > x->n || c[3] < 0) return "a total has planes that are none";
            if (c[3] + (Py_ssize_t)(c[5] - c[4]) * c[2] > constants) return "a total lies outside the constants";
        } else if (c[0] == SQUARE || c[0] == PRODUCT || c[0] == LOGISTIC) {
            if (c[1] < 0 || c[1] >= before) return "a line has a register of a later line";
            if (c[0] == PRODUCT && (c[2] < 0 || c[2] >= before)) return "a line has a register of a later line";
            if (c[0] == LOGISTIC && (c[2] < 0 || c[2] >= values)) return "a logistic function has no value";
        } else
            return "a line is of no known kind";
    }
    for (int r = 0; r < x->size; r++) {
        if (x->rates[r] < 0 || x->rates[r] >= count) return "a derivative is no register";
        if (x->factors[r] <= -BASE || x->factors[r] >= BASE) return "a factor of a derivative is too long";
    }
    for (int r = 0; r < x->shown; r++) {
        if (x->outputs[r] < x->size || x->outputs[r] >= count) return "an output is no line";
        for (int s = 0; s < r; s++)
            if (x->outputs[r] == x->outputs[s]) return "an output is there twice";
    }
    return NULL;
}

PyDoc_STRVAR(taylor_doc, "taylor(n, bits, order, shift, code, lists, constants, summands, rates, outputs, factors, state, "
                         "values)\n--\n\nThe coefficients as planes of digits, and how far each plane is used; None if n "
                         "digits are too few.");

static PyObject *py_taylor(PyObject *self, PyObject *arguments)
{
    (void)self;
    enum { CODE, LISTS, CONSTANTS, SUMMANDS, RATES, OUTPUTS, FACTORS, STATE, VALUES, BUFFERS };
    static const size_t widths[BUFFERS] = {4, 4, 8, 8, 4, 4, 8, 8, 8};
    Py_buffer b[BUFFERS];
    Py_ssize_t held[BUFFERS];
    int n, bits, order, shift, code = 0;
    PyObject *planes = NULL, *used = NULL, *found = NULL;
    if (!PyArg_ParseTuple(arguments, "iiiiy*y*y*y*y*y*y*y*y*:taylor", &n, &bits, &order, &shift, b, b + 1, b + 2, b + 3,
                          b + 4, b + 5, b + 6, b + 7, b + 8))
        return NULL;
    const char *wrong = sensible(n, bits, order) && shift >= -MOST_BITS && shift <= MOST_BITS ? NULL : "numbers out of range";
    for (int i = 0; i < BUFFERS; i++)
        if ((held[i] = items(b + i, widths[i])) < 0) wrong = "a buffer is not of whole, aligned items";
    if (!wrong && (held[CODE] % FIELDS || held[CODE] / FIELDS + held[RATES] > INT32_MAX / 4)) wrong = "too many lines";
    program x = {0};
    if (!wrong) {
        x = (program){.size = (int)held[RATES], .lines = (int)(held[CODE] / FIELDS), .shown = (int)held[OUTPUTS],
                      .n = n, .bits = bits, .order = order, .code = b[CODE].buf, .lists = b[LISTS].buf,
                      .constants = b[CONSTANTS].buf, .summands = b[SUMMANDS].buf, .rates = b[RATES].buf,
                      .factors = b[FACTORS].buf, .shift = shift, .outputs = b[OUTPUTS].buf, .state = b[STATE].buf,
                      .values = b[VALUES].buf};
        if (held[FACTORS] != x.size || held[STATE] != (Py_ssize_t)x.size * n) wrong = "not one number for each unknown";
        if (held[SUMMANDS] != (Py_ssize_t)x.lines * n) wrong = "not one summand for each line";
        if (x.size < 1) wrong = "no unknowns";
    }
    if (!wrong) wrong = flaw(&x, held[LISTS], held[CONSTANTS], held[VALUES] / n);
    if (wrong) {
        refused(wrong);
        goto done;
    }
    size_t registers = (size_t)x.size + x.shown, numbers = registers * n;
    if (numbers > (size_t)PY_SSIZE_T_MAX / sizeof(digit) / (order + 1)) {
        PyErr_NoMemory();
        goto done;
    }
    planes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(numbers * (order + 1) * sizeof(digit)));
    used = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(numbers * sizeof(int32_t)));
    if (!planes || !used) goto done;
    digit *plane = (digit *)PyBytes_AsString(planes);
    int32_t *counts = (int32_t *)PyBytes_AsString(used);
    Py_BEGIN_ALLOW_THREADS
    memset(plane, 0, numbers * (order + 1) * sizeof(digit));
    memset(counts, 0, numbers * sizeof(int32_t));
    code = taylor(&x, plane, counts);
    Py_END_ALLOW_THREADS
    if (code == -2)
        PyErr_NoMemory();
    else
        found = code ? Py_NewRef(Py_None) : PyTuple_Pack(2, planes, used);
done:
    Py_XDECREF(planes);
    Py_XDECREF(used);
    for (int i = 0; i < BUFFERS; i++) PyBuffer_Release(b + i);
    return found;
}

/* Whether buffers hold so many registers' coefficients. */
static int fit(const Py_buffer *planes, const Py_buffer *used, int n, int order, int registers)
{
    if (registers < 0 || items(planes, 8) < 0) return 0;
    Py_ssize_t numbers = (Py_ssize_t)registers * n;
    return items(planes, 8) / (order + 1) >= numbers && (!used || items(used, 4) >= numbers);
}

PyDoc_STRVAR(horner_doc, "horner(n, bits, order, registers, planes, used, part)\n--\n\nThe sums of the first registers at "
                         "a part of the scale, n words each; None if n digits are too few.");

static PyObject *py_horner(PyObject *self, PyObject *arguments)
{
    (void)self;
    Py_buffer planes, used, part;
    int n, bits, order, registers, failed = 0;
    PyObject *found = NULL;
    if (!PyArg_ParseTuple(arguments, "iiiiy*y*y*:horner", &n, &bits, &order, &registers, &planes, &used, &part)) return NULL;
    digit *room = NULL;
    wide *column = NULL;
    if (!sensible(n, bits, order) || !fit(&planes, &used, n, order, registers) || items(&part, 8) != n) {
        refused("buffers that do not fit the coefficients");
        goto done;
    }
    for (Py_ssize_t i = 0; i < (Py_ssize_t)registers * n; i++) {
        int32_t value = ((const int32_t *)used.buf)[i];
        if (value < 0 || value > order + 1) {
            refused("a plane is used beyond its end");
            goto done;
        }
    }
    room = malloc((4 * (size_t)n + 2) * sizeof *room);
    column = malloc((2 * (size_t)n + 2) * sizeof *column);
    found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)registers * n * 8);
    if (!room || !column || !found) {
        Py_CLEAR(found);
        PyErr_NoMemory();
        goto done;
    }
    uint64_t *words = (uint64_t *)PyBytes_AsString(found);
    digit *place = room, *value = room + n, *text = room + 2 * n;
    Py_BEGIN_ALLOW_THREADS
    int length = from_words(part.buf, n, place);
    failed = length < 0;
    for (int r = 0; r < registers && !failed; r++) {
        size_t first = (size_t)r * n;
        failed = evaluated((const digit *)planes.buf + first * (order + 1), (const int32_t *)used.buf + first, place, length,
                           n, bits, order, value, text, column) < 0;
        if (!failed) to_words(value, 1, n, words + first);
    }
    Py_END_ALLOW_THREADS
    if (failed) {
        Py_DECREF(found);
        found = Py_NewRef(Py_None);
    }
done:
    free(room);
    free(column);
    PyBuffer_Release(&planes);
    PyBuffer_Release(&used);
    PyBuffer_Release(&part);
    return found;
}

PyDoc_STRVAR(words_doc, "words(n, order, first, last, low, high, planes)\n--\n\nCoefficients low to high - 1 of registers "
                        "first to last - 1, n words each.");

static PyObject *py_words(PyObject *self, PyObject *arguments)
{
    (void)self;
    Py_buffer planes;
    int n, order, first, last, low, high;
    PyObject *found = NULL;
    if (!PyArg_ParseTuple(arguments, "iiiiiiy*:words", &n, &order, &first, &last, &low, &high, &planes)) return NULL;
    if (!sensible(n, 0, order) || !fit(&planes, NULL, n, order, last) || first < 0 || first > last || low < 0 ||
        low > high || high > order + 1) {
        refused("there are no such coefficients");
        goto done;
    }
    found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(last - first) * (high - low) * n * 8);
    if (!found) goto done;
    uint64_t *words = (uint64_t *)PyBytes_AsString(found);
    for (int r = first; r < last; r++)
        for (int k = low; k < high; k++, words += n)
            to_words((const digit *)planes.buf + (size_t)r * n * (order + 1) + k, order + 1, n, words);
done:
    PyBuffer_Release(&planes);
    return found;
}

PyDoc_STRVAR(largest_doc, "largest(n, order, registers, k, planes)\n--\n\nThe largest modulus of a k-th coefficient of the "
                          "first registers, as n words.");

static PyObject *py_largest(PyObject *self, PyObject *arguments)
{
    (void)self;
    Py_buffer planes;
    int n, order, registers, k;
    PyObject *found = NULL;
    uint64_t *words = NULL;
    if (!PyArg_ParseTuple(arguments, "iiiiy*:largest", &n, &order, &registers, &k, &planes)) return NULL;
    if (!sensible(n, 0, order) || !fit(&planes, NULL, n, order, registers) || k < 0 || k > order) {
        refused("there are no such coefficients");
        goto done;
    }
    words = malloc(n * sizeof *words);
    found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n * 8);
    if (words && found)
        largest(planes.buf, registers, n, order, k, (uint64_t *)PyBytes_AsString(found), words);
    else {
        Py_CLEAR(found);
        PyErr_NoMemory();
    }
done:
    free(words);
    PyBuffer_Release(&planes);
    return found;
}

PyDoc_STRVAR(planes_doc, "planes(n, words)\n--\n\nNumbers of n words each as planes: the first plane that is not zero, the "
                         "one after the last such, and those between; None if n digits are too few.");

static PyObject *py_planes(PyObject *self, PyObject *arguments)
{
    (void)self;
    Py_buffer words;
    int n;
    PyObject *found = NULL;
    digit *all = NULL;
    if (!PyArg_ParseTuple(arguments, "iy*:planes", &n, &words)) return NULL;
    if (!sensible(n, 0, 1) || items(&words, 8) < 0 || items(&words, 8) % n) {
        refused("the words are not n for each number");
        goto done;
    }
    Py_ssize_t terms = items(&words, 8) / n;
    all = malloc(((size_t)terms + 1) * n * sizeof *all);
    if (!all) {
        PyErr_NoMemory();
        goto done;
    }
    digit *value = all + terms * n;
    int low = n, high = 0;
    for (Py_ssize_t j = 0; j < terms; j++) {
        int length = from_words((const uint64_t *)words.buf + j * n, n, value);
        if (length < 0) {
            found = Py_NewRef(Py_None);
            goto done;
        }
        if (length > high) high = length;
        for (int p = 0; p < n; p++) {
            all[p * terms + j] = value[p];
            if (value[p] && p < low) low = p;
        }
    }
    if (low > high) low = high;
    PyObject *kept = PyBytes_FromStringAndSize((const char *)(all + low * terms), (high - low) * terms * (Py_ssize_t)sizeof *all);
    if (kept) found = Py_BuildValue("iiN", low, high, kept);
done:
    free(all);
    PyBuffer_Release(&words);
    return found;
}

static PyMethodDef methods[] = {
    {"taylor", py_taylor, METH_VARARGS, taylor_doc},    {"horner", py_horner, METH_VARARGS, horner_doc},
    {"words", py_words, METH_VARARGS, words_doc},       {"largest", py_largest, METH_VARARGS, largest_doc},
    {"planes", py_planes, METH_VARARGS, planes_doc},    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_jets", "Taylor coefficients in fixed-point numbers of 60-bit digits.", 0, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__jets(void) { return PyModuleDef_Init(&module); }
