(** Section 2.1, one coordinate of the flow (5) at every depth: Proposition 1, the signs, and the layers through the least one.

    The coordinates of (5) are coupled only through the gradient of the loss at theta; [g] is its entry for this coordinate,
    an arbitrary function of time.  Everything is said on an interval [0, T] on which the flow is assumed to exist. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus.
Open Scope R_scope.

(** (5): du^j/dt + (prod_{k<>j} u^k) * g = 0 on [0, T]. *)
Definition layer_flow (L : nat) (T : R) (u : nat -> R -> R) (g : R -> R) :=
  forall j t, (j < L)%nat -> 0 <= t <= T -> is_derive (u j) t (- (g t * Prod L (but j (fun k => u k t)))).

(** A flow for all times is a flow on every interval. *)
Lemma until L (u : nat -> R -> R) (g : R -> R) T :
  (forall j t, (j < L)%nat -> 0 <= t -> is_derive (u j) t (- (g t * Prod L (but j (fun k => u k t))))) ->
  layer_flow L T u g.
Proof. intros h j t hj [ht _]. now apply h. Qed.

(** Layer [l] has strictly the least modulus: assumption (A) in one coordinate. *)
Definition least_layer (L : nat) (w : nat -> R) (l : nat) :=
  (l < L)%nat /\ forall k, (k < L)%nat -> k <> l -> Rabs (w l) < Rabs (w k).

Lemma square_lt a b : Rabs a < Rabs b <-> a ^ 2 < b ^ 2.
Proof.
  rewrite <- (pow2_abs a), <- (pow2_abs b). assert (p := Rabs_pos a). assert (q := Rabs_pos b).
  split; intro h; [|apply Rnot_le_lt; intro]; nra.
Qed.

Section Layers.
Variables (L : nat) (T : R) (u : nat -> R -> R) (g : R -> R).
Hypothesis flow : layer_flow L T u g.

(** (6), with the factor 2 that is missing in print: d/dt (u^j)^2 = -2 theta * g for every layer. *)
Theorem square_moves j t : (j < L)%nat -> 0 <= t <= T ->
  is_derive (fun s => u j s ^ 2) t (- (2 * g t * Prod L (fun k => u k t))).
Proof.
  intros hj ht. apply (is_derive_to _ _ _ _ (is_derive_pow (u j) 2 t _ (flow j t hj ht))).
  reals. rewrite (Prod_apart L j (fun k => u k t)) by easy. ring.
Qed.

(** (7): the differences of squared layers are conserved. *)
Theorem conserved j k t : (j < L)%nat -> (k < L)%nat -> 0 <= t <= T ->
  u j t ^ 2 - u j 0 ^ 2 = u k t ^ 2 - u k 0 ^ 2.
Proof.
  intros hj hk ht. enough (u j t ^ 2 - u k t ^ 2 = u j 0 ^ 2 - u k 0 ^ 2) by lra.
  apply (constant_of_zero_slope (fun s => u j s ^ 2 - u k s ^ 2)); [lra|]. intros s hs.
  apply (is_derive_to _ _ _ _ (is_derive_minus _ _ s _ _ (square_moves j s hj ltac:(lra)) (square_moves k s hk ltac:(lra)))).
  reals. ring.
Qed.

(** Before (13): each squared layer stays above its initial gap. *)
Theorem above_initial_gap j l t : (j < L)%nat -> (l < L)%nat -> 0 <= t <= T -> u j 0 ^ 2 - u l 0 ^ 2 <= u j t ^ 2.
Proof. intros hj hl ht. assert (c := conserved j l t hj hl ht). assert (p := pow2_ge_0 (u l t)). lra. Qed.

(** Proposition 1.2: a layer that does not start with the least modulus never vanishes. *)
Theorem never_zero j l t : (j < L)%nat -> (l < L)%nat -> 0 <= t <= T -> u l 0 ^ 2 < u j 0 ^ 2 -> 0 < u j t ^ 2.
Proof. intros hj hl ht less. assert (a := above_initial_gap j l t hj hl ht). lra. Qed.

(** Its sign is that of the start: intermediate values. *)
Theorem layer_keeps_sign j l t : (j < L)%nat -> (l < L)%nat -> 0 <= t <= T -> u l 0 ^ 2 < u j 0 ^ 2 -> 0 < u j t * u j 0.
Proof.
  intros hj hl ht less. apply keeps_sign; [lra| |].
  - intros s hs. apply (is_derive_continuity _ _ _ (flow j s hj ltac:(lra))).
  - intros s hs z. assert (p := never_zero j l s hj hl ltac:(lra) less). rewrite z in p. simpl in p. lra.
Qed.
Theorem layer_sign j l t : (j < L)%nat -> (l < L)%nat -> 0 <= t <= T -> u l 0 ^ 2 < u j 0 ^ 2 -> sign (u j t) = sign (u j 0).
Proof.
  intros hj hl ht less. assert (same := layer_keeps_sign j l t hj hl ht less).
  destruct (Rlt_le_dec 0 (u j 0)); [rewrite !sign_eq_1 by nra|rewrite !sign_eq_m1 by nra]; reflexivity.
Qed.

(** Before (8): u^j(t) = sign(u^j(0)) * sqrt(u^l(t)^2 + u^j(0)^2 - u^l(0)^2), the radicand being positive. *)
Theorem layer_from_least j l t : (j < L)%nat -> (l < L)%nat -> 0 <= t <= T -> u l 0 ^ 2 < u j 0 ^ 2 ->
  0 < u l t ^ 2 + (u j 0 ^ 2 - u l 0 ^ 2) /\ u j t = sign (u j 0) * sqrt (u l t ^ 2 + (u j 0 ^ 2 - u l 0 ^ 2)).
Proof.
  intros hj hl ht less. assert (same := layer_keeps_sign j l t hj hl ht less).
  assert (c := conserved j l t hj hl ht). split; [assert (p := pow2_ge_0 (u l t)); lra|].
  replace (u l t ^ 2 + (u j 0 ^ 2 - u l 0 ^ 2)) with (Rsqr (u j t)) by (unfold Rsqr; lra). rewrite sqrt_Rsqr_abs.
  destruct (Rlt_le_dec 0 (u j 0)); [rewrite sign_eq_1, Rabs_right by nra|rewrite sign_eq_m1, Rabs_left by nra]; ring.
Qed.

(** ** Section 2.3: the velocity of theta and the metric *)

(** (11), (12): theta' + M * g = 0, M = sum_j prod_{k<>j} (u^k)^2. *)
Theorem theta_moves t : 0 <= t <= T -> 
  is_derive (fun s => Prod L (fun k => u k s)) t (- (g t * Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))))).
Proof.
  intro ht. apply (is_derive_to _ _ _ _ (is_derive_Prod L u _ t (fun k hk => flow k t hk ht))).
  replace (- (g t * Sum L _)) with (- g t * Sum L (fun j => Prod L (but j (fun k => u k t ^ 2)))) by ring.
  rewrite <- Sum_scal. apply Sum_ext. intros j hj.
  rewrite (Prod_but_ext L j (fun k => u k t ^ 2) (fun k => u k t * u k t)) by (intros; ring).
  rewrite Prod_but_mult. ring.
Qed.

(** (13): the term of the least layer is bounded below by the gap at the start ... *)
Theorem own_term_above_gap l t : (l < L)%nat -> 0 <= t <= T ->
  (forall k, (k < L)%nat -> k <> l -> u l 0 ^ 2 <= u k 0 ^ 2) ->
  Prod L (but l (fun k => u k 0 ^ 2 - u l 0 ^ 2)) <= Prod L (but l (fun k => u k t ^ 2)).
Proof.
  intros hl ht least. apply Prod_but_le. intros k hk ne.
  assert (a := above_initial_gap k l t hk hl ht). specialize (least k hk ne). lra.
Qed.

(** ... and so is the sum: (14) in one coordinate. *)
Theorem metric_above_gap l t : (l < L)%nat -> 0 <= t <= T ->
  (forall k, (k < L)%nat -> k <> l -> u l 0 ^ 2 <= u k 0 ^ 2) ->
  Prod L (but l (fun k => u k 0 ^ 2 - u l 0 ^ 2)) <= Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))).
Proof.
  intros hl ht least. apply Rle_trans with (1 := own_term_above_gap l t hl ht least).
  apply (Sum_term_le L l (fun j => Prod L (but j (fun k => u k t ^ 2)))); [easy|]. intros; apply squares_nonneg.
Qed.

(** Outside M a coordinate is frozen: with two zeros every velocity is 0. *)
Theorem frozen a b j t : (a < L)%nat -> (b < L)%nat -> (j < L)%nat -> a <> b -> 0 <= t <= T ->
  u a t = 0 -> u b t = 0 -> is_derive (u j) t 0.
Proof.
  intros ha hb hj ne ht za zb. apply (is_derive_to _ _ _ _ (flow j t hj ht)).
  enough (Prod L (but j (fun k => u k t)) = 0) as z by (rewrite z; reals; ring).
  destruct (Nat.eq_dec a j) as [->|na]; [apply (Prod_but_zero L j b)|apply (Prod_but_zero L j a)]; auto.
Qed.
End Layers.

(** (13): the gap is positive under (A). *)
Theorem gap_positive L (w : nat -> R) l : (l < L)%nat -> (forall k, (k < L)%nat -> k <> l -> w l ^ 2 < w k ^ 2) ->
  0 < Prod L (but l (fun k => w k ^ 2 - w l ^ 2)).
Proof. intros hl least. apply Prod_but_pos. intros k hk ne. specialize (least k hk ne). lra. Qed.

(** After Theorem 2: the gap is a product in which every single gap is a factor, so it is small when one of them is. *)
Theorem gap_factor L (w : nat -> R) j l : (j < L)%nat -> (l < L)%nat -> j <> l ->
  Prod L (but l (fun k => w k ^ 2 - w l ^ 2))
  = (w j ^ 2 - w l ^ 2) * Prod L (but l (but j (fun k => w k ^ 2 - w l ^ 2))).
Proof.
  intros hj hl ne. rewrite (Prod_apart L j) by easy. rewrite but_other by easy. f_equal.
  apply Prod_ext. intros k hk. unfold but. now destruct (Nat.eqb k j), (Nat.eqb k l).
Qed.

(** The least layer and the first one change places: the product stays. *)
Theorem swapped_product L (w : nat -> R) m : (0 < L)%nat -> (m < L)%nat -> m <> 0%nat ->
  Prod L w = w O * w m * Prod L (but O (but m w)).
Proof.
  intros hL hm ne. rewrite (Prod_apart L m), (Prod_apart L O (but m w)) by easy.
  rewrite (but_other m w O) by auto. ring.
Qed.
