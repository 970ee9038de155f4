(** Beyond the paper: (14) sharpened by theta itself, M >= sqrt(sigma^2 + (L |theta|^(2 - 2/L))^2), after Min, Vidal and Mallada.

    In the square s of the least layer the squares of the layers are s + D k, with gaps D k >= 0 and D l = 0.  Their product p(s)
    is theta^2, and M = p'(s).  By the means p'' >= L (L - 1) p^(1 - 2/L), so M^2 - L^2 p^(2 - 2/L) does not decrease in s;
    at s = 0 it is sigma^2. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem2 Redundant.
Open Scope R_scope.

Section Squares.
Variables (L l : nat) (D : nat -> R).
Hypothesis deep : (2 <= L)%nat.
Hypothesis hl : (l < L)%nat.
Hypothesis gap_l : D l = 0.
Hypothesis gaps : forall k, (k < L)%nat -> 0 <= D k.

Definition shifted s k := s + D k.
Definition volume s := Prod L (shifted s).
Definition volume' s := Sum L (fun j => Prod L (but j (shifted s))).
Definition without_two s j k := Prod L (but k (but j (shifted s))).
Definition volume'' s := Sum L (fun j => Sum L (drop j (without_two s j))).

Lemma is_derive_shifted s k : is_derive (fun y => shifted y k) s 1.
Proof. unfold shifted. auto_derive; [easy|ring]. Qed.
Lemma is_derive_volume s : is_derive volume s (volume' s).
Proof.
  apply (is_derive_to _ _ _ _ (is_derive_Prod L (fun k y => shifted y k) (fun _ => 1) s (fun k _ => is_derive_shifted s k))).
  apply Sum_ext. intros. apply Rmult_1_l.
Qed.
Lemma is_derive_volume' s : is_derive volume' s (volume'' s).
Proof.
  apply is_derive_Sum. intros j hj.
  refine (is_derive_to _ _ _ _ (is_derive_Prod L (fun k y => but j (shifted y) k) (drop j (fun _ => 1)) s _) _).
  - intros k _. unfold but, drop. destruct (Nat.eqb k j); [apply (is_derive_const 1)|apply is_derive_shifted].
  - apply Sum_ext. intros k _. unfold drop. destruct (Nat.eqb k j); [apply Rmult_0_l|apply Rmult_1_l].
Qed.

Lemma shifted_pos s k : 0 < s -> (k < L)%nat -> 0 < shifted s k.
Proof. intros hs hk. specialize (gaps k hk). unfold shifted. lra. Qed.
Lemma volume_pos s : 0 < s -> 0 < volume s.
Proof. intro hs. apply Prod_pos. intros. now apply shifted_pos. Qed.
Lemma term_pos s j : 0 < s -> 0 < Prod L (but j (shifted s)).
Proof. intro hs. apply Prod_but_pos. intros. now apply shifted_pos. Qed.
Lemma volume'_pos s : 0 < s -> 0 < volume' s.
Proof.
  intro hs. apply Rlt_le_trans with (1 := term_pos s l hs).
  apply (Sum_term_le L l (fun j => Prod L (but j (shifted s)))); [easy|]. intros. left. now apply term_pos.
Qed.
Lemma without_two_apart s j k : (j < L)%nat -> (k < L)%nat -> k <> j -> volume s = shifted s j * (shifted s k * without_two s j k).
Proof.
  intros hj hk ne. unfold volume. rewrite (Prod_apart L j (shifted s)), (Prod_apart L k (but j (shifted s))) by easy.
  now rewrite but_other.
Qed.
Lemma without_two_pos s j k : 0 < s -> 0 < without_two s j k.
Proof.
  intro hs. apply Prod_but_pos. intros i hi _. unfold but. destruct (Nat.eqb i j); [lra|now apply shifted_pos].
Qed.

(** The geometric mean of the L (L - 1) products that leave two factors out. *)
Definition mean s := Rpower (volume s) (1 - 2 / INR L).
(** The bound of exp by its tangent at 0 for one of them, relative to the mean. *)
Definition tangent s j k := mean s * (1 + ln (without_two s j k) - ln (mean s)).

Lemma L_large : 2 <= INR L.
Proof. now apply (le_INR 2). Qed.
Lemma mean_pos s : 0 < mean s.
Proof. apply Rpower_pos. Qed.
Lemma above_tangent_of_exp s j k : 0 < s -> tangent s j k <= without_two s j k.
Proof.
  intro hs. assert (p := without_two_pos s j k hs). assert (m := mean_pos s). unfold tangent.
  assert (e := exp_ineq1_le (ln (without_two s j k) - ln (mean s))).
  unfold Rminus in e. rewrite exp_plus, exp_Ropp, !exp_ln in e by easy.
  apply Rmult_le_compat_l with (r := mean s) in e; [|lra].
  replace (mean s * (without_two s j k * / mean s)) with (without_two s j k) in e by (field; lra). lra.
Qed.
Lemma above_tangent_of_exp_strictly s j k : 0 < s -> without_two s j k <> mean s -> tangent s j k < without_two s j k.
Proof.
  intros hs ne. assert (p := without_two_pos s j k hs). assert (m := mean_pos s). unfold tangent.
  assert (e := exp_ineq1 (ln (without_two s j k) - ln (mean s))).
  unfold Rminus in e. rewrite exp_plus, exp_Ropp, !exp_ln in e by easy.
  assert (n : ln (without_two s j k) + - ln (mean s) <> 0) by (intro z; apply ne, ln_inv; lra).
  specialize (e n). apply Rmult_lt_compat_l with (r := mean s) in e; [|lra].
  replace (mean s * (without_two s j k * / mean s)) with (without_two s j k) in e by (field; lra). lra.
Qed.
(** The bounds add up to L (L - 1) means. *)
Lemma Sum_of_tangents s : 0 < s -> Sum L (fun j => Sum L (drop j (tangent s j))) = INR L * (INR L - 1) * mean s.
Proof.
  intro hs. assert (n := L_large). set (S := Sum L (fun k => ln (shifted s k))).
  assert (lm : ln (mean s) = (1 - 2 / INR L) * S).
  { unfold mean, Rpower. rewrite ln_exp. unfold volume. rewrite ln_Prod by (intros; now apply shifted_pos). reflexivity. }
  assert (lt : forall j k, (j < L)%nat -> (k < L)%nat -> k <> j ->
      tangent s j k = mean s * (1 + 2 / INR L * S - ln (shifted s j)) + - mean s * ln (shifted s k)).
  { intros j k hj hk ne. unfold tangent. rewrite lm.
    assert (e : S = ln (volume s)) by (unfold S, volume; rewrite ln_Prod by (intros; now apply shifted_pos); reflexivity).
    rewrite (without_two_apart s j k hj hk ne) in e.
    assert (a := shifted_pos s j hs hj). assert (b := shifted_pos s k hs hk). assert (c := without_two_pos s j k hs).
    rewrite !ln_mult in e by (try apply Rmult_lt_0_compat; easy).
    replace (ln (without_two s j k)) with (S - ln (shifted s j) - ln (shifted s k)) by lra. field. lra. }
  rewrite (Sum_ext L _ (fun j => mean s * ((INR L - 1) * (1 + 2 / INR L * S) - S) + - (mean s * (INR L - 2)) * ln (shifted s j))).
  - rewrite Sum_plus, Sum_const, Sum_scal. fold S. field. lra.
  - intros j hj.
    rewrite (Sum_drop_ext L j (tangent s j)
      (fun k => mean s * (1 + 2 / INR L * S - ln (shifted s j)) + - mean s * ln (shifted s k))) by (intros; now apply lt).
    set (f := fun k => mean s * (1 + 2 / INR L * S - ln (shifted s j)) + - mean s * ln (shifted s k)).
    assert (whole := Sum_apart L j f hj). unfold f in whole at 1. rewrite Sum_plus, Sum_const, Sum_scal in whole. fold S in whole.
    enough (e : Sum L (drop j f) = INR L * (mean s * (1 + 2 / INR L * S - ln (shifted s j))) + - mean s * S - f j)
      by (rewrite e; unfold f; ring).
    lra.
Qed.

(** The inequality of the means, p'' >= L (L - 1) p^(1 - 2/L) ... *)
Theorem means s : 0 < s -> INR L * (INR L - 1) * mean s <= volume'' s.
Proof.
  intro hs. rewrite <- Sum_of_tangents by easy. apply Sum_le. intros j _. apply Sum_le. intros k _.
  unfold drop. destruct (Nat.eqb k j); [lra|now apply above_tangent_of_exp].
Qed.
(** ... and strictly, for three layers and more, if the least one is alone. *)
Theorem unequal_means s : (3 <= L)%nat -> (forall k, (k < L)%nat -> k <> l -> 0 < D k) -> 0 < s ->
  INR L * (INR L - 1) * mean s < volume'' s.
Proof.
  intros three alone hs.
  assert (two : exists j k, (j < L)%nat /\ (k < L)%nat /\ j <> k /\ j <> l /\ k <> l).
  { destruct (Nat.eq_dec l 0), (Nat.eq_dec l 1);
      [exists 1%nat, 2%nat|exists 1%nat, 2%nat|exists 0%nat, 2%nat|exists 0%nat, 1%nat]; lia. }
  destruct two as [j [k [hj [hk [jk [jl kl]]]]]].
  assert (differ : without_two s j k <> without_two s l k).
  { intro same. assert (a := without_two_apart s j k hj hk (not_eq_sym jk)). rewrite same in a.
    rewrite (without_two_apart s l k hl hk kl) in a. assert (p := without_two_pos s l k hs).
    assert (q := shifted_pos s k hs hk). specialize (alone j hj jl). unfold shifted in a, q. rewrite gap_l in a.
    assert (0 < (s + D k) * without_two s l k) by now apply Rmult_lt_0_compat. nra. }
  assert (one : exists i, (i < L)%nat /\ k <> i /\ without_two s i k <> mean s).
  { destruct (Req_dec (without_two s j k) (mean s)) as [e|ne]; [exists l|exists j]; repeat split; auto; congruence. }
  destruct one as [i [hi [ki ne]]]. rewrite <- Sum_of_tangents by easy.
  assert (le : forall j k, drop j (tangent s j) k <= drop j (without_two s j) k)
    by (intros; unfold drop; destruct (Nat.eqb _ _); [lra|now apply above_tangent_of_exp]).
  apply (Sum_lt L i); [easy| |intros; apply Sum_le; intros; apply le].
  apply (Sum_lt L k); [easy| |intros; apply le].
  rewrite !drop_other by easy. now apply above_tangent_of_exp_strictly.
Qed.

(** The same for the inverses: Maclaurin's inequality, the second mean against the last. *)
Lemma volume''_by_inverses s : 0 < s ->
  volume'' s = volume s * (Sum L (fun k => / shifted s k) ^ 2 - Sum L (fun k => (/ shifted s k) ^ 2)).
Proof.
  intro hs. set (S := Sum L (fun k => / shifted s k)).
  assert (e : S ^ 2 - Sum L (fun k => (/ shifted s k) ^ 2) = Sum L (fun j => S * / shifted s j - (/ shifted s j) ^ 2))
    by (rewrite Sum_minus, Sum_scal; fold S; ring).
  rewrite e, <- Sum_scal. apply Sum_ext. intros j hj. assert (a := shifted_pos s j hs hj).
  replace (S * / shifted s j - (/ shifted s j) ^ 2) with (/ shifted s j * Sum L (drop j (fun k => / shifted s k)))
    by (unfold S; rewrite (Sum_apart L j (fun k => / shifted s k)) by easy; ring).
  rewrite <- !Sum_scal. apply Sum_ext. intros k hk. unfold drop. destruct (Nat.eqb_spec k j) as [|ne]; [ring|].
  rewrite (without_two_apart s j k hj hk ne). assert (b := shifted_pos s k hs hk). field. lra.
Qed.
Lemma mean_by_inverses s : 0 < s -> mean s = volume s * Rpower (/ volume s) (2 / INR L).
Proof.
  intro hs. apply power_by_inverse. now apply volume_pos.
Qed.
Theorem maclaurin s : 0 < s -> INR L * Rpower (/ volume s) (2 / INR L) * (INR L - 1)
  <= Sum L (fun k => / shifted s k) ^ 2 - Sum L (fun k => (/ shifted s k) ^ 2).
Proof.
  intro hs. assert (m := means s hs). rewrite mean_by_inverses, volume''_by_inverses in m by easy.
  apply Rmult_le_reg_l with (volume s); [now apply volume_pos|]. lra.
Qed.
Theorem maclaurin_strictly s : (3 <= L)%nat -> (forall k, (k < L)%nat -> k <> l -> 0 < D k) -> 0 < s ->
  INR L * Rpower (/ volume s) (2 / INR L) * (INR L - 1)
  < Sum L (fun k => / shifted s k) ^ 2 - Sum L (fun k => (/ shifted s k) ^ 2).
Proof.
  intros three alone hs. assert (m := unequal_means s three alone hs). rewrite mean_by_inverses, volume''_by_inverses in m by easy.
  apply Rmult_lt_reg_l with (volume s); [now apply volume_pos|]. lra.
Qed.

(** M^2 - L^2 |theta|^(4 - 4/L), as a function of s. *)
Definition excess s := volume' s ^ 2 - INR L ^ 2 * Rpower (volume s) (2 - 2 / INR L).
Definition excess' s := 2 * volume' s * (volume'' s - INR L * (INR L - 1) * mean s).

Lemma is_derive_excess s : 0 < s -> is_derive excess s (excess' s).
Proof.
  intro hs. assert (n := L_large). assert (p := volume_pos s hs).
  assert (a := is_derive_pow volume' 2 s _ (is_derive_volume' s)).
  assert (b := is_derive_comp (fun x => Rpower x (2 - 2 / INR L)) volume s _ _ (is_derive_Rpower _ _ p) (is_derive_volume s)).
  apply (is_derive_to _ _ _ _ (is_derive_minus _ _ s _ _ a (is_derive_scal _ s (INR L ^ 2) _ b))).
  unfold excess', mean. replace (2 - 2 / INR L - 1) with (1 - 2 / INR L) by ring. reals. simpl. field. lra.
Qed.
Lemma excess_grows a b : 0 < a <= b -> excess a <= excess b.
Proof.
  intro h. enough (- excess b <= - excess a) by lra.
  apply (nonincreasing (fun s => - excess s) (fun s => - excess' s)); [lra| |].
  - intros t ht. exact (is_derive_opp _ t _ (is_derive_excess t ltac:(lra))).
  - intros t ht. assert (m := means t ltac:(lra)). assert (p := volume'_pos t ltac:(lra)). unfold excess'. nra.
Qed.

(** sigma, the value of M at s = 0. *)
Let sigma0 := Prod L (but l D).
Lemma sigma0_nonneg : 0 <= sigma0.
Proof. apply Prod_but_nonneg. auto. Qed.
Lemma volume'_above s : 0 < s -> sigma0 <= volume' s.
Proof.
  intro hs. apply Rle_trans with (Prod L (but l (shifted s))).
  - apply Prod_but_le. intros k hk _. specialize (gaps k hk). unfold shifted. lra.
  - apply (Sum_term_le L l (fun j => Prod L (but j (shifted s)))); [easy|]. intros. left. now apply term_pos.
Qed.
(** Near s = 0 the second term is small: p <= s * constant, and the exponent is at least 1. *)
Lemma excess_near_0 (eps : posreal) s : 0 < s -> exists a, 0 < a <= s /\ sigma0 ^ 2 - eps <= excess a.
Proof.
  intro hs. set (C := Prod L (but l (shifted 1))). assert (hC : 0 < C) by (apply term_pos; lra).
  assert (n := L_large). assert (e := cond_pos eps).
  set (K := INR L ^ 2 * C + C). assert (hK : 0 < K) by (unfold K; nra).
  set (m := Rmin 1 (Rmin 1 eps / K)).
  assert (hm : 0 < m) by (apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; [apply Rmin_pos; lra|easy]]).
  exists (Rmin s m). set (a := Rmin s m). assert (ha : 0 < a) by (apply Rmin_pos; lra).
  split; [split; [easy|apply Rmin_l]|].
  assert (a1 : a <= 1) by (apply Rle_trans with m; [apply Rmin_r|apply Rmin_l]).
  assert (aK : K * a <= Rmin 1 eps).
  { apply Rle_trans with (K * (Rmin 1 eps / K)); [|right; field; lra].
    apply Rmult_le_compat_l; [lra|]. apply Rle_trans with m; apply Rmin_r. }
  assert (m1 := Rmin_l 1 eps). assert (m2 := Rmin_r 1 eps).
  assert (small : volume a <= C * a).
  { unfold volume. rewrite (Prod_apart L l) by easy. unfold shifted at 1. rewrite gap_l, Rplus_0_r, Rmult_comm.
    apply Rmult_le_compat_r; [lra|]. apply Prod_but_le. intros k hk _. specialize (gaps k hk). unfold shifted. lra. }
  assert (pos := volume_pos a ha).
  assert (le1 : volume a <= 1) by (unfold K in aK; assert (0 <= INR L ^ 2 * C * a) by (repeat apply Rmult_le_pos; nra); nra).
  assert (power : Rpower (volume a) (2 - 2 / INR L) <= volume a).
  { rewrite <- (Rpower_1 (volume a)) at 2 by easy. unfold Rpower.
    assert (ln (volume a) <= 0) by (rewrite <- ln_1; apply ln_le; lra).
    assert (2 / INR L <= 1) by (apply Rle_div_l; lra).
    apply Rnot_lt_le. intro up. apply exp_lt_inv in up. nra. }
  assert (v := volume'_above a ha). assert (z := sigma0_nonneg). unfold excess.
  assert (INR L ^ 2 * Rpower (volume a) (2 - 2 / INR L) <= eps).
  { apply Rle_trans with (INR L ^ 2 * (C * a)); [apply Rmult_le_compat_l; [nra|lra]|]. unfold K in aK. nra. }
  nra.
Qed.
Theorem excess_above s : 0 < s -> sigma0 ^ 2 <= excess s.
Proof.
  intro hs. apply Rnot_lt_le. intro less. assert (p : 0 < (sigma0 ^ 2 - excess s) / 2) by lra.
  destruct (excess_near_0 (mkposreal _ p) s hs) as [a [ha e]]. simpl in e. assert (g := excess_grows a s ha). lra.
Qed.
Theorem excess_strictly_above s : (3 <= L)%nat -> (forall k, (k < L)%nat -> k <> l -> 0 < D k) -> 0 < s -> sigma0 ^ 2 < excess s.
Proof.
  intros three alone hs. apply Rle_lt_trans with (excess (s / 2)); [apply excess_above; lra|].
  destruct (mean_value excess excess' (s / 2) s) as [c [hc e]]; [lra|intros; apply is_derive_excess; lra|].
  assert (m := unequal_means c three alone ltac:(lra)). assert (v := volume'_pos c ltac:(lra)).
  assert (0 < excess' c) by (unfold excess'; apply Rmult_lt_0_compat; lra). nra.
Qed.
End Squares.

(** ** The metric at a point *)

(** |x|^y for y > 0, which is 0 at x = 0. *)
Definition modulus_power x y := if Req_EM_T x 0 then 0 else Rpower (Rabs x) y.
(** sigma_i of (14), at the point itself: prod_{k<>l} (w_k^2 - w_l^2). *)
Definition gap_product L (w : nat -> R) l := Prod L (but l (fun k => w k ^ 2 - w l ^ 2)).
Definition sharpened L gap theta := sqrt (gap ^ 2 + (INR L * modulus_power theta (2 - 2 / INR L)) ^ 2).

Lemma modulus_power_square x y : x <> 0 -> modulus_power x y ^ 2 = Rpower (x ^ 2) y.
Proof.
  intro ne. unfold modulus_power. destruct (Req_EM_T x 0); [easy|]. assert (p := Rabs_pos_lt x ne).
  replace (x ^ 2) with (Rabs x * Rabs x) by (rewrite <- (pow2_abs x); ring).
  rewrite <- Rpower_mult_distr by easy. ring.
Qed.
Lemma modulus_power_nonneg x y : 0 <= modulus_power x y.
Proof. unfold modulus_power. destruct (Req_EM_T x 0); [lra|left; apply Rpower_pos]. Qed.
Lemma modulus_power_le x z y : 0 < y -> 0 <= x <= Rabs z -> modulus_power x y <= modulus_power z y.
Proof.
  intros hy hx. unfold modulus_power. destruct (Req_EM_T x 0) as [|nx].
  - destruct (Req_EM_T z 0); [lra|left; apply Rpower_pos].
  - destruct (Req_EM_T z 0) as [->|nz]; [rewrite Rabs_R0 in hx; lra|]. apply Rle_Rpower_l; [lra|].
    rewrite (Rabs_right x) by lra. lra.
Qed.
Lemma sharpened_le L gap x z : (2 <= L)%nat -> 0 <= x <= Rabs z -> sharpened L gap x <= sharpened L gap z.
Proof.
  intros deep hx. assert (n := L_large L deep). apply sqrt_le_1_alt, Rplus_le_compat_l, pow_incr.
  assert (m := modulus_power_nonneg x (2 - 2 / INR L)). split; [nra|]. apply Rmult_le_compat_l; [lra|].
  apply modulus_power_le; [|easy]. assert (2 / INR L <= 1) by (apply Rle_div_l; lra). lra.
Qed.
Lemma own_term_le_metric L (w : nat -> R) l : (l < L)%nat -> Prod L (but l (fun k => w k ^ 2)) <= Sum L (fun j => Prod L (but j (fun k => w k ^ 2))).
Proof.
  intro hl. apply (Sum_term_le L l (fun j => Prod L (but j (fun k => w k ^ 2)))); [easy|]. intros. apply squares_nonneg.
Qed.

Section Point.
Variables (L l : nat) (w : nat -> R).
Hypothesis deep : (2 <= L)%nat.
Hypothesis hl : (l < L)%nat.
Hypothesis least : forall k, (k < L)%nat -> w l ^ 2 <= w k ^ 2.
Let M := Sum L (fun j => Prod L (but j (fun k => w k ^ 2))).
Let D k := w k ^ 2 - w l ^ 2.

Lemma squares_shifted k : shifted D (w l ^ 2) k = w k ^ 2.
Proof. unfold shifted, D. ring. Qed.
Lemma excess_at : Prod L w <> 0 ->
  excess L D (w l ^ 2) = M ^ 2 - (INR L * modulus_power (Prod L w) (2 - 2 / INR L)) ^ 2.
Proof.
  intro ne. unfold excess. rewrite Rpow_mult_distr, modulus_power_square by easy. f_equal; [f_equal|do 2 f_equal].
  - apply Sum_ext. intros j _. apply Prod_but_ext. intros. apply squares_shifted.
  - unfold volume. rewrite (Prod_ext L _ (fun k => w k * w k)) by (intros; rewrite squares_shifted; ring).
    rewrite Prod_mult. ring.
Qed.
Lemma gap_product_nonneg : 0 <= gap_product L w l.
Proof. apply Prod_but_nonneg. intros k hk _. specialize (least k hk). lra. Qed.
Lemma gap_below_own_term : gap_product L w l <= Prod L (but l (fun k => w k ^ 2)).
Proof. apply Prod_but_le. intros k hk _. specialize (least k hk). assert (p := pow2_ge_0 (w l)). lra. Qed.
Lemma M_nonneg : 0 <= M.
Proof. apply Sum_nonneg. intros. apply squares_nonneg. Qed.
Lemma least_nonzero : Prod L w <> 0 -> 0 < w l ^ 2.
Proof. intro ne. apply pow2_gt_0. intro z. apply ne. now apply (Prod_zero L l). Qed.

(** The bound. *)
Theorem metric_above_theta : sharpened L (gap_product L w l) (Prod L w) <= M.
Proof.
  assert (g := gap_product_nonneg). assert (m := M_nonneg). assert (o := own_term_le_metric L w l hl). fold M in o.
  assert (b := gap_below_own_term).
  rewrite <- (sqrt_pow2 M) by easy. apply sqrt_le_1_alt. destruct (Req_EM_T (Prod L w) 0) as [z|ne].
  - unfold modulus_power. destruct (Req_EM_T (Prod L w) 0); [|easy]. nra.
  - assert (e := excess_above L l D deep hl ltac:(unfold D; ring) ltac:(intros k hk; unfold D; specialize (least k hk); lra)
      (w l ^ 2) (least_nonzero ne)).
    rewrite excess_at in e by easy. change (Prod L (but l D)) with (gap_product L w l) in e. lra.
Qed.

(** For three layers and more it is strict where theta is not 0, if the least layer is alone. *)
Theorem metric_strictly_above_theta : (3 <= L)%nat -> (forall k, (k < L)%nat -> k <> l -> w l ^ 2 < w k ^ 2) -> Prod L w <> 0 ->
  sharpened L (gap_product L w l) (Prod L w) < M.
Proof.
  intros three alone ne. assert (m := M_nonneg). rewrite <- (sqrt_pow2 M) by easy. apply sqrt_lt_1_alt.
  assert (e := excess_strictly_above L l D deep hl ltac:(unfold D; ring) ltac:(intros k hk; unfold D; specialize (least k hk); lra)
    (w l ^ 2) three ltac:(intros k hk nk; unfold D; specialize (alone k hk nk); lra) (least_nonzero ne)).
  rewrite excess_at in e by easy. change (Prod L (but l D)) with (gap_product L w l) in e. split; [|lra].
  assert (p := pow2_ge_0 (gap_product L w l)).
  assert (q := pow2_ge_0 (INR L * modulus_power (Prod L w) (2 - 2 / INR L))). lra.
Qed.

(** M = sigma exactly where theta = 0: without knowing theta, (14) cannot be improved. *)
Theorem metric_is_gap : M = gap_product L w l <-> Prod L w = 0.
Proof.
  assert (g := gap_product_nonneg). split.
  - intro same. destruct (Req_EM_T (Prod L w) 0) as [z|ne]; [easy|exfalso].
    assert (b := metric_above_theta). rewrite same in b.
    assert (n := L_large L deep). assert (p : 0 < modulus_power (Prod L w) (2 - 2 / INR L))
      by (unfold modulus_power; destruct (Req_EM_T (Prod L w) 0); [easy|apply Rpower_pos]).
    apply Rlt_not_le in b; [easy|]. rewrite <- (sqrt_pow2 (gap_product L w l)) at 1 by easy. apply sqrt_lt_1_alt.
    assert (0 < INR L * modulus_power (Prod L w) (2 - 2 / INR L)) by (apply Rmult_lt_0_compat; lra).
    split; [apply pow2_ge_0|nra].
  - intro z. assert (zl : w l = 0).
    { destruct (Req_EM_T (w l) 0) as [|ne]; [easy|exfalso]. revert z. apply Prod_nonzero. intros k hk zk.
      specialize (least k hk). assert (p := pow2_gt_0 (w l) ne). rewrite zk in least. nra. }
    unfold M. rewrite (Sum_single L l); [|easy|].
    + apply Prod_but_ext. intros. rewrite zl. ring.
    + intros j _ ne. apply (Prod_but_zero L j l); [easy|auto|rewrite zl; ring].
Qed.
End Point.

(** For two layers the bound is an equality. *)
Theorem metric_of_two (w : nat -> R) l : (l < 2)%nat ->
  Sum 2 (fun j => Prod 2 (but j (fun k => w k ^ 2))) = sharpened 2 (gap_product 2 w l) (Prod 2 w).
Proof.
  intro hl. unfold sharpened, gap_product, modulus_power. replace (2 - 2 / INR 2) with 1 by (simpl; field).
  assert (same : forall x, 0 <= x -> x ^ 2 = (Prod 2 (but l (fun k => w k ^ 2 - w l ^ 2))) ^ 2 + (2 * Rabs (Prod 2 w)) ^ 2 ->
    x = sqrt (Prod 2 (but l (fun k => w k ^ 2 - w l ^ 2)) ^ 2 + (INR 2 * (if Req_EM_T (Prod 2 w) 0 then 0 else Rpower (Rabs (Prod 2 w)) 1)) ^ 2)).
  { intros x hx e. rewrite <- (sqrt_pow2 x hx), e. do 4 f_equal. destruct (Req_EM_T (Prod 2 w) 0) as [z|ne].
    - now rewrite z, Rabs_R0.
    - symmetry. apply Rpower_1. now apply Rabs_pos_lt. }
  apply same; [apply Sum_nonneg; intros; apply squares_nonneg|].
  rewrite Rpow_mult_distr, pow2_abs. destruct l as [|[|l]]; [| |lia]; simpl; unfold but; simpl; ring.
Qed.

(** ** Along the flow *)

Lemma gap_product_conserved L T (u : nat -> R -> R) g l t : layer_flow L T u g -> (l < L)%nat -> 0 <= t <= T ->
  gap_product L (fun k => u k t) l = gap_product L (fun k => u k 0) l.
Proof.
  intros flow hl ht. apply Prod_but_ext. intros k hk _. assert (c := conserved L T u g flow k l t hk hl ht). lra.
Qed.

(** T7: M(t) >= sqrt(sigma_i^2 + (L |theta(t)|^(2 - 2/L))^2) in each coordinate, sigma_i the gap at the start. *)
Theorem metric_above_sigma_and_theta L T (u : nat -> R -> R) g l t : (2 <= L)%nat -> layer_flow L T u g -> (l < L)%nat ->
  (forall k, (k < L)%nat -> u l 0 ^ 2 <= u k 0 ^ 2) -> 0 <= t <= T ->
  sharpened L (gap_product L (fun k => u k 0) l) (Prod L (fun k => u k t)) <= Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))).
Proof.
  intros deep flow hl least ht. rewrite <- (gap_product_conserved L T u g l t) by easy.
  apply (metric_above_theta L l (fun k => u k t)); [easy|easy|]. intros k hk.
  assert (c := conserved L T u g flow k l t hk hl ht). specialize (least k hk). lra.
Qed.

(** sigma of (14), sharpened by |theta_i| >= nu_i. *)
Definition sharpened_sigma L d (w : nat -> nat -> R) least (nu : nat -> R) :=
  Least d (fun i => sharpened L (gap_product L (w i) (least i)) (nu i)).

(** Theorem 2 away from zero: with |theta_i| >= nu_i along the path the rate improves.  (A) is not needed: where layers tie
    for the least modulus, sigma_i is 0. *)
Theorem theorem_2_away_from_zero (L d : nat) F grad T u least mu best nu : (2 <= L)%nat -> differentiable d F grad ->
  gradient_flow L d F T u ->
  (forall i, (i < d)%nat -> (least i < L)%nat /\ forall k, (k < L)%nat -> u i (least i) 0 ^ 2 <= u i k 0 ^ 2) ->
  (forall x, 2 * mu * (F x - best) <= Sum d (fun i => grad x i ^ 2)) ->
  (forall i t, (i < d)%nat -> 0 <= t <= T -> 0 <= nu i <= Rabs (theta_of L (now u t) i)) ->
  forall t, 0 <= t <= T -> F (theta_of L (now u t)) - best
    <= exp (- (2 * sharpened_sigma L d (now u 0) least nu * mu) * t) * (F (theta_of L (now u 0)) - best).
Proof.
  intros deep smooth flow A PL far t ht. set (v := two_sided L grad T u).
  assert (same : forall s, 0 <= s <= T -> now v s = now u s) by (intros; now apply two_sided_same).
  rewrite <- (same t), <- (same 0) by lra.
  assert (flows : forall i, (i < d)%nat -> layer_flow L T (v i) (fun t => grad (theta_of L (now v t)) i))
    by (intros; now apply (coordinate_flow L d F grad T u)).
  apply (convergence_at L d F grad T v smooth flows mu best PL); [|intros i s hi hs|easy].
  - apply Least_nonneg. intros. apply sqrt_pos.
  - destruct (A i hi) as [hl least_i].
    apply Rle_trans with (1 := Least_le d (fun i => sharpened L (gap_product L (now v 0 i) (least i)) (nu i)) i hi).
    apply Rle_trans with (sharpened L (gap_product L (now v 0 i) (least i)) (theta_of L (now v s) i)).
    + apply sharpened_le; [easy|]. rewrite same by lra. apply far; [easy|lra].
    + apply (metric_above_sigma_and_theta L T (v i) _ (least i) s deep (flows i hi) hl); [|lra].
      intros k hk. change (now v 0 i (least i) ^ 2 <= now v 0 i k ^ 2). rewrite same by lra. now apply least_i.
Qed.
